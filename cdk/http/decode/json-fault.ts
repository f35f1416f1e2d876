// Interprets the errors of V8's JSON parser.
import {messageOf} from '../../errors.ts';

/** V8 quotes the text around the fault. A token that it cuts there could no longer be recognized and masked. */
export const withoutQuote = (error: unknown): SyntaxError =>
  new SyntaxError(messageOf(error).replace(/, (\.{3})?".*$/s, ''));

/** The JSON is valid up to its end if V8 reports its end, or the position of its end. */
export const isTruncated = (text: string, error: unknown): boolean => {
  const message = messageOf(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  return message.startsWith('Unexpected end') || Number(position) === text.length;
};

/** Describes the fault in bytes that begin with malformed JSON. */
export const faultOf = (bytes: Buffer): SyntaxError => {
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return withoutQuote(error);
  }
  return new SyntaxError('Malformed JSON');
};
