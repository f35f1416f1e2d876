import {SystemError} from '../../errors.ts';
import type {About} from './decoder.ts';

const decoderOf = (encoding: string, {where}: About) => {
  try {
    return new TextDecoder(encoding, {fatal: true});
  } catch (cause) {
    throw new SystemError(
      `${where}: "${encoding}" is not the name of an encoding. Set \`encoding\` to one of https://encoding.spec.whatwg.org/#names-and-labels.`,
      {cause},
    );
  }
};

/** Decodes chunks cut anywhere, without their byte order mark. Bytes that are not in the encoding are an error. */
export const openText = (encoding = 'utf-8', about: About) => {
  const decoder = decoderOf(encoding, about);
  const decode = (chunk: Buffer | undefined): string => {
    try {
      return decoder.decode(chunk, {stream: chunk !== undefined});
    } catch (cause) {
      throw new SystemError(
        `${about.where} answered with bytes that are not ${encoding}. Set \`encoding\` to what the API sends, such as windows-1252.`,
        {cause},
      );
    }
  };
  return {decode: (chunk: Buffer): string => decode(chunk), end: (): string => decode(undefined)};
};
