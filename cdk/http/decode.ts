import {SystemError} from '../errors.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from './message.ts';

/** The JSON of an answer. What it holds is the caller's claim. */
export const decodeJson = <T = unknown>(request: HttpRequest, {body, headers}: HttpResponse): T => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new SystemError(
      `${describeRequest(request)} answered with something that is not JSON (content-type ${headers['content-type'] ?? 'not given'}, ${body.length} bytes). Is the URL in the config the API's own?`,
      {cause},
    );
  }
};
