import {encode} from '../program/encode.ts';
import type {Emission} from '../protocol/messages.ts';

export const printedLines = (emission: Emission, redact: (text: string) => string): string => {
  let text = '';
  for (const lines of encode(emission, redact)) text += String(lines);
  return text;
};
