/** A JSON object with unknown fields. */
export type JsonObject = {readonly [key: string]: unknown};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field of an object, or an item of a list by its index. */
export const fieldOf = (json: unknown, key: string): unknown => {
  if (Array.isArray(json)) return json[Number(key)];
  return isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;
};

/**
 * The value at a path such as `data.items.0`; undefined if it leads nowhere. A key may contain dots itself, such as
 * OData's `@odata.nextLink`: the full path is tried as a key first.
 * @param take reads one key
 */
export const valueAt = (json: unknown, path: string, take = fieldOf): unknown => {
  const direct = take(json, path);
  const dot = path.indexOf('.');
  if (direct !== undefined || dot < 0) return direct;
  return valueAt(take(json, path.slice(0, dot)), path.slice(dot + 1), take);
};

/** The values by which APIs say "none": null, an empty string, false, 0, an empty list, or a missing field. */
export const isNone = (value: unknown): boolean =>
  !value || (Array.isArray(value) && value.length === 0);

/** The type of a JSON value in an error message: `an array`, `null`, `a string`. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
