// The error for a body whose content shows that it was truncated.
import {SystemError} from '../../errors.ts';
import {networkCode} from '../response/faults.ts';

/**
 * A body that stops in the middle. Its code makes it a passing fault where the connection may have cut the body,
 * which is looked at inside the retries. The message is for a body that the server gave for whole.
 */
export const truncationError = (
  format: 'JSON' | 'CSV' | 'XML' | 'GZIP' | 'ZIP',
  where: string,
  about: string,
  cause?: unknown,
): Error => {
  const error = new SystemError(
    `${where} answered with ${format} that ends in the middle (${about}). The server gave it for whole: report this to the API's owner.`,
    {cause},
  );
  return Object.assign(error, {code: `${format}_TRUNCATED`});
};

export const isTruncation = (error: unknown): boolean =>
  /_TRUNCATED$/.test(networkCode(error) ?? '');
