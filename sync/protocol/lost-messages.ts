// Finds out whether a line that is not a message may have been one. A record that is lost is lost for good if a state after it
// is saved, because the next run starts after that.
import {isObject, type JsonObject} from '../../cdk/json/values.ts';

/** The types whose loss changes what a run has, or takes for granted. */
const IMPORTANT: ReadonlySet<string> = new Set(['RECORD', 'STATE', 'TRACE', 'CONTROL']);

/** A message inside other text, also one that is quoted once more. */
const INSIDE = /["'](?:RECORD|STATE|TRACE|CONTROL)\\*["']/;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const reasonForObject = (message: JsonObject): string | undefined => {
  const {type} = message;
  if (typeof type === 'string' && IMPORTANT.has(type.trim().toUpperCase())) {
    return `is a ${type.slice(0, 20)} without what a ${type.trim().toUpperCase().slice(0, 20)} needs`;
  }
  return isObject(message['record']) || isObject(message['state'])
    ? 'holds a record or a state, but its type is not RECORD or STATE'
    : undefined;
};

/**
 * The reason why a line may be a message that was lost; undefined for text that a library prints. A cut message has a brace at
 * its start or its end.
 */
export const lossIn = (line: string): string | undefined => {
  // UTF-16 has a NUL beside each letter.
  const text = line.replaceAll('\0', '').trim();
  const value = parse(line.trim());
  if (isObject(value)) return reasonForObject(value);
  if (value !== undefined) return INSIDE.test(text) ? 'is not one JSON object' : undefined;
  return text.startsWith('{') || text.endsWith('}') || INSIDE.test(text)
    ? 'is not valid JSON'
    : undefined;
};
