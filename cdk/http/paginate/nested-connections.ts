// Finds connections in the nodes of a connection whose further pages are not read.
import {isObject} from '../../json/values.ts';

/** Deeper than any query that servers accept. Bounds the search in JSON of unlimited depth. */
const DEEPEST = 12;

const hasNextPage = (value: unknown): boolean =>
  isObject(value) && isObject(value['pageInfo']) && value['pageInfo']['hasNextPage'] === true;

/** The children of a value, each with its part of the path, which is empty for a list item. */
const partsOf = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return value.map((item) => ['', item]);
  return isObject(value) ? Object.entries(value) : [];
};

/** The path of a connection with a next page, such as `issues.nodes.labels`. Connections in `read` are paged, so they are fine. */
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
