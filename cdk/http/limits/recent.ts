/** A limit or cost for each user, path or query could be one of millions, so only the latest are kept. */
const MAX_ENTRIES = 1_000;

/** Sets the most recent entry of a map, and removes the oldest one beyond the maximum. */
export const setRecent = <V>(map: Map<string, V>, key: string, value: V): void => {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_ENTRIES && oldest !== undefined) map.delete(oldest);
};
