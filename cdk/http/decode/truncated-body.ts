import {SystemError} from '../../errors.ts';
import {networkCode} from '../response/faults.ts';

type Format = 'JSON' | 'CSV' | 'XML' | 'GZIP' | 'ZSTD' | 'ZIP';

export const truncated = (format: Format, error: Error): Error =>
  Object.assign(error, {code: `${format}_TRUNCATED`});

/** Its code makes it retryable if the connection may have cut the body. The message is for a body declared complete. */
export const truncationError = (
  format: Format,
  where: string,
  about: string,
  cause?: unknown,
): Error => {
  const error = new SystemError(
    `${where} answered with ${format} that ends in the middle (${about}). The server sent it as complete: report this to the API's owner.`,
    {cause},
  );
  return truncated(format, error);
};

/** The error for a body of no bytes or of spaces only, in a format that has no such document. */
export const emptyBodyError = (format: 'JSON' | 'XML', where: string): SystemError =>
  new SystemError(
    `${where} answered with an empty body instead of ${format}. If the API means "nothing here", add {header: {name: 'content-length', matches: /^0$/}, action: 'ignore'} to \`rules\`; else report this to the API's owner.`,
  );

export const isTruncation = (error: unknown): boolean =>
  /_TRUNCATED$/.test(networkCode(error) ?? '');
