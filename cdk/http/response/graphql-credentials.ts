// Recognizes errors of GraphQL that mean the same as a 401: the credentials are missing, expired or invalid.
import {valueAt} from '../../json/values.ts';

/**
 * Codes are in different places: Apollo and Shopify in `extensions.code`, GitHub in `type`, Linear in `extensions.type`, Spring in
 * `extensions.classification`, Netflix' DGS in `extensions.errorType`, Lighthouse and Magento in `extensions.category`. AppSync's
 * own `errorType` "Unauthorized" is a missing permission.
 */
const CODES = [
  ...['extensions.code', 'extensions.errorCode', 'extensions.type', 'extensions.errorType'],
  ...['extensions.classification', 'extensions.category', 'extensions.exception.code'],
  ...['type', 'code', 'errorCode', 'error_code'],
];

/** The same as a status: Akeneo has `http_code`, Nest the others. */
const STATUSES = [
  ...['extensions.code', 'extensions.status', 'extensions.statusCode', 'extensions.http.status'],
  ...['extensions.http_code', 'extensions.http_status', 'extensions.httpStatus'],
  ...['extensions.response.statusCode', 'extensions.originalError.statusCode'],
  ...['status', 'statusCode', 'code'],
];

/** In lower case without separators. `invalid-jwt` is Hasura's, `INVALID_SESSION_ID` Salesforce's. Not FORBIDDEN: a new token may no more. */
const CODE = new RegExp(
  `^(${[
    '(un|not)authenticated(error|exception)?|unauthori[sz]ed(error|exception)?|notloggedin|loginrequired',
    '(graphql|http)?authentication(error|exception|failed|failure|required)?|auth(error|failed|required)',
    '(access|api|auth|bearer|session)?(token|jwt|session)(has|is)?(expired|invalid|revoked|missing|required)(error|exception)?',
    '(expired|invalid|revoked|missing)(access|api|auth|bearer|session)?(token|jwt|session|sessionid|credentials)(error|exception)?',
  ].join('|')})$`,
);

const codeAt = (error: unknown, path: string): string | undefined => {
  const code = valueAt(error, path);
  return typeof code === 'string' && code !== '' ? code.slice(0, 200) : undefined;
};

const normalized = (code: string): string => code.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();

export const refusesCredentials = (error: unknown): boolean =>
  CODES.some((path) => CODE.test(normalized(codeAt(error, path) ?? ''))) ||
  STATUSES.some((path) => ['401', 401].some((status) => valueAt(error, path) === status));

/** Whole messages of servers without codes: WPGraphQL's JWT, graphql-jwt for Django, express-jwt, WorkOS. */
const MESSAGE = new RegExp(
  `^(context creation failed: )?(${[
    'unauthori[sz]ed|unauthenticated|not authenticated|not logged in|you (are not|must be) logged in',
    '(authentication|authorization|login)( token| header)? (is )?(required|failed|missing)',
    '(your |the )?((access|auth|authentication|bearer|session|jwt) )?(token|jwt|session|signature)( has| is| was)?( been)? (expired|invalid|revoked)',
    '(expired|invalid) ((access|auth|authentication|bearer|jwt) )?(token|jwt|session)',
    'could not verify jwt[^.]{0,100}|invalid-(jwt|secret-key) [^.]{0,100}',
  ].join('|')})[.!]?$`,
  'i',
);

/** True if an error has no code that says more than its message. */
export const saysUnauthenticated = (error: unknown): boolean => {
  const message = typeof error === 'string' ? error : valueAt(error, 'message');
  const hasCode = ['extensions.code', 'type'].some((path) => codeAt(error, path) !== undefined);
  return !hasCode && typeof message === 'string' && MESSAGE.test(message.slice(0, 300).trim());
};
