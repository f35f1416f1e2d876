import {SystemError} from '../../errors.ts';
import {networkCode} from '../response/faults.ts';

/** Its code makes it retryable if the connection may have cut the body. The message is for a body declared complete. */
export const truncationError = (
  format: 'JSON' | 'CSV' | 'XML' | 'GZIP' | 'ZIP',
  where: string,
  about: string,
  cause?: unknown,
): Error => {
  const error = new SystemError(
    `${where} answered with ${format} that ends in the middle (${about}). The server sent it as complete: report this to the API's owner.`,
    {cause},
  );
  return Object.assign(error, {code: `${format}_TRUNCATED`});
};

export const isTruncation = (error: unknown): boolean =>
  /_TRUNCATED$/.test(networkCode(error) ?? '');
