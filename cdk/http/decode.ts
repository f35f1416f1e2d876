import {SystemError} from '../errors.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from './message.ts';

/** The JSON of an answer. What it holds is the caller's claim. */
export const decodeJson = <T = unknown>(request: HttpRequest, {body, headers}: HttpResponse): T => {
  try {
    // Some servers put a byte order mark in front, which JSON.parse does not take.
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new SystemError(
      `${describeRequest(request)} answered with something that is not JSON (content-type ${headers['content-type'] ?? 'not given'}, ${body.length} bytes). Is the URL in the config the API's own?`,
      {cause},
    );
  }
};
