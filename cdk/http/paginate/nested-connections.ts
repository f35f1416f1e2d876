// Connections in the nodes of a connection have pages of their own, which nobody asks for.
import {isObject} from '../../json/values.ts';

/** Deeper than any query goes that a server would take; data with a depth without end must not be followed. */
const DEEPEST = 12;

const hasNextPage = (value: unknown): boolean =>
  isObject(value) && isObject(value['pageInfo']) && value['pageInfo']['hasNextPage'] === true;

/** What is below a value, with the part of the path that leads there: the place in a list is none. */
const partsOf = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return value.map((item) => ['', item]);
  return isObject(value) ? Object.entries(value) : [];
};

/**
 * The path of a connection below a value that says it has a next page, such as `issues.nodes.labels`; undefined
 * where there is none. Those in `read` are paged: only what is in them counts.
 */
export const truncatedConnection = (
  value: unknown,
  read: ReadonlySet<unknown>,
  depth = 0,
): string | undefined => {
  for (const [key, below] of depth < DEEPEST ? partsOf(value) : []) {
    const found =
      hasNextPage(below) && !read.has(below) ? '' : truncatedConnection(below, read, depth + 1);
    if (found !== undefined) return [key, found].filter((part) => part !== '').join('.');
  }
  return undefined;
};
