/** A JSON object whose fields are not known. */
export type JsonObject = {readonly [key: string]: unknown};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field of an object, or the place in a list that a number names. */
export const fieldOf = (json: unknown, key: string): unknown => {
  if (Array.isArray(json)) return json[Number(key)];
  return isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;
};

/**
 * What stands at a path such as `data.items.0`; undefined where it leads nowhere. A key may hold dots itself, such as
 * OData's `@odata.nextLink`: the whole one goes first.
 * @param take what takes one step
 */
export const valueAt = (json: unknown, path: string, take = fieldOf): unknown => {
  const whole = take(json, path);
  const dot = path.indexOf('.');
  if (whole !== undefined || dot < 0) return whole;
  return valueAt(take(json, path.slice(0, dot)), path.slice(dot + 1), take);
};

/** The ways in which APIs say "none": null, an empty text, false, 0, an empty list; or nothing at all. */
export const isNone = (value: unknown): boolean =>
  !value || (Array.isArray(value) && value.length === 0);

/** What a JSON value is, in words for an error message: `an array`, `null`, `a string`. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
