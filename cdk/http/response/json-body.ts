import type {HttpResponse} from '../types.ts';

/** Undefined if the body is not JSON. */
export const jsonOf = ({body}: HttpResponse): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};
