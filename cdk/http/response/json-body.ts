import type {HttpResponse} from '../types.ts';

/** Undefined if the text is not JSON. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Undefined if the body is not JSON. */
export const jsonOf = ({body}: HttpResponse): unknown => parsed(body.toString('utf8'));
