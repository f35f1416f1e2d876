// Names of parameters and fields that hold a credential. Three uses need three answers: what is masked may be too much, what
// is refused may not, and the fields of a login include words that are harmless elsewhere.

/** Query parameters that often hold a credential unknown to the kit, as in a signed link. */
const SECRET_PARAMETER = /token|secret|passw|signature|^sig$|credential|auth|key/i;

/** Tokens of pages and of syncs are not secrets. */
const PAGE_TOKEN = /(page|next|sync|delta|skip)_?token|continuation/i;

/** True for a parameter whose value is masked in logs, and keeps a position out of a state. `author` is one, too. */
export const namesSecret = (parameter: string): boolean =>
  SECRET_PARAMETER.test(parameter) && !PAGE_TOKEN.test(parameter);

const CREDENTIAL =
  /^(x[-_])?((access|api|app|auth|client|private|refresh|secret|session|user)[-_]?)?(key|token|secret|passw(or)?d|pwd|sig|signature|auth|authorization|credentials?|sid)$/i;

/** True for a parameter whose whole name says that it holds a credential: `api_key`, `X-Auth-Token`, `sig`. Not `author`, not `page_token`. */
export const namesCredential = (parameter: string): boolean => CREDENTIAL.test(parameter);

const LOGIN_FIELD = /pass|pwd|secret|token|key|pin|otp|csrf|crumb|cookie|^auth|^response$|^sid$/i;

/** True for a field of a login whose value is a secret. User names are not: each would be masked in every log line that contains it. */
export const namesLoginSecret = (field: string): boolean => LOGIN_FIELD.test(field);
