// Recognizes refusals that mean: the CSRF token is missing or stale. A new session has a new one.
import type {HttpResponse} from '../types.ts';

/** 419 is Laravel's, 422 Rails'. */
const STATUSES = new Set([400, 403, 419, 422]);

/**
 * The words of SAP ("CSRF token validation failed"), Django ("CSRF verification failed", "CSRF Failed"), Laravel ("CSRF token
 * mismatch"), Spring ("Invalid CSRF Token"), Atlassian ("XSRF check failed"), Express (EBADCSRFTOKEN), Rails and Jenkins. Not
 * the `csrf-token` that is in each page.
 */
const WORDS =
  /\b[cx]srf (token|session token|check|verification|validation|failed|cookie)|(bad|invalid|missing|expired)[ _-]?[cx]srf|authenticity ?token|no valid crumb/i;

/** A page of Django has its words after its styles. */
const MOST_TEXT = 5_000;

export const isCsrfRefusal = ({status, headers, body}: HttpResponse): boolean =>
  STATUSES.has(status) &&
  (/^required$/i.test(headers['x-csrf-token'] ?? '') ||
    WORDS.test(body.toString('utf8', 0, MOST_TEXT)));
