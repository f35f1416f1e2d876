// What V8's parser says of malformed JSON.
import {messageOf} from '../../errors.ts';

/** V8 quotes the text around the fault, and may cut a token there that nobody would recognise then. */
export const withoutQuote = (error: unknown): SyntaxError =>
  new SyntaxError(messageOf(error).replace(/, (\.{3})?".*$/s, ''));

/** Whether JSON was fine as far as it goes: V8 complains of its end, or at the place where it ends. */
export const isTruncated = (text: string, error: unknown): boolean => {
  const told = messageOf(error);
  const position = /at position (\d+)/.exec(told)?.[1];
  return told.startsWith('Unexpected end') || Number(position) === text.length;
};

/** What is wrong with bytes that begin with malformed JSON, whatever follows it. */
export const faultOf = (bytes: Buffer): SyntaxError => {
  try {
    JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return withoutQuote(error);
  }
  return new SyntaxError('Malformed JSON');
};
