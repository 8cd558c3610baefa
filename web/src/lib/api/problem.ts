/** What an API call can end with besides an answer: a problem that the server names, or no answer at all. */

import { msg, t } from "../i18n/i18n";
import { fieldMessage, namedFieldMessage } from "./field-errors";

/** `code` and `params` are absent where the API has words of its own only. */
export type FieldError = {
  field: string;
  message: string;
  code?: string;
  params?: Record<string, number>;
};

/** An RFC 9457 answer. `code` is stable; `errors` names the bad fields as the request wrote them. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly errors: FieldError[];
  readonly retryAfter: number | null;
  readonly requestId: string | null;

  constructor(status: number, body: unknown, headers?: Headers) {
    const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
    super(typeof fields["detail"] === "string" ? fields["detail"] : `The server answered ${status}.`);
    this.status = status;
    this.code = typeof fields["code"] === "string" ? fields["code"] : `http_${status}`;
    this.errors = Array.isArray(fields["errors"]) ? (fields["errors"] as FieldError[]) : [];
    this.requestId = typeof fields["request_id"] === "string" ? fields["request_id"] : null;
    const wait = Number(headers?.get("Retry-After"));
    this.retryAfter = Number.isFinite(wait) && wait > 0 ? wait : null;
  }
}

/** Whether the server understood and said no: asking the same again gives the same. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** Whether there is no such thing, or none that this user may see. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404;
}

/** The request got no answer: no network, or the server is gone. Whether it was carried out is not known. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Stripe's script did not come: nothing was asked of the server. */
export class NotLoaded extends Error {
  override readonly name = "NotLoaded";
}

const MISUNDERSTOOD = msg("This page is out of date. Please reload it.");

/** For every code that the API's description names (problem.test.ts compares). */
const SENTENCES: Record<string, string> = {
  validation_failed: msg("Some of this isn’t valid. Please check what you entered."),
  email_taken: msg("There is already an account with this e-mail address. Log in instead?"),
  invalid_credentials: msg("The e-mail address or password is incorrect."),
  unauthenticated: msg("Your session has ended. Please log in again."),
  forbidden: msg("Your account can’t do this."),
  not_found: msg("This no longer exists, or you don’t have access to it."),
  slot_overlaps: msg("This overlaps a time that you have already opened."),
  slot_booked: msg("Someone has booked this time, so it can’t be removed. Cancel the booking instead."),
  slot_unavailable: msg("This time has just been taken. Please pick another one."),
  seeker_busy: msg("You already have a booking at that time."),
  invalid_transition: msg(
    "This booking has changed in the meantime. This page now shows its current status.",
  ),
  already_rated: msg("You have already rated this session."),
  already_replied: msg("You have already replied to this rating."),
  invalid_token: msg("This link has expired or was already used. Please ask for a new one."),
  no_proposal: msg("There is no longer a proposal for another time."),
  proposal_open: msg("Another time has already been proposed. Answer or withdraw it first."),
  too_many_slots: msg(
    "You’ve reached the limit of open times: at most 2,000, and none more than 366 days ahead. Remove some, or choose earlier days.",
  ),
  too_many_calendars: msg("You can have up to ten calendars. Remove one you no longer need."),
  no_rules: msg("You have no weekly hours yet."),
  not_an_image: msg("This isn’t a picture that we can show. Please choose a JPEG, PNG or WebP file."),
  no_receipt: msg("Nothing was charged, so there is no receipt."),
  no_payment_method: msg("Add a card first."),
  rate_limited: msg("Too many attempts. Please wait a moment and try again."),
  idempotency_key_reused: msg("This was sent before with other details. Please try again."),
  content_too_large: msg("That’s more than we can accept. Please shorten it."),
  service_unavailable: msg("This part of the service is temporarily unavailable. Please try again."),
  upstream_timeout: msg("The server is taking too long to answer. Please try again in a moment."),
  request_timeout: msg("Your connection is slow, and this didn’t arrive in time. Please try again."),
  bad_request: MISUNDERSTOOD,
  method_not_allowed: MISUNDERSTOOD,
  unsupported_media_type: MISUNDERSTOOD,
  uri_too_long: MISUNDERSTOOD,
  headers_too_large: MISUNDERSTOOD,
  no_payout_account: msg("Set up your payouts first."),
  email_not_verified: msg(
    "Verify your e-mail address first: open the link that we sent you. Then you can set up payouts.",
  ),
  nothing_to_authenticate: msg(
    "Your bank has nothing left to confirm. Reload the page to see the payment’s status.",
  ),
  not_refundable: msg("This payment can’t be refunded."),
  refund_too_large: msg("This is more than what is left of the payment."),
  payment_disputed: msg("The bank is looking into this payment, so it can’t be changed now."),
  stripe_unavailable: msg("We can’t reach Stripe, our payment provider. Please try again in a moment."),
  stripe_refused: msg(
    "Stripe, our payment provider, has refused this. Please check your details and try again.",
  ),
  internal_error: msg("Something went wrong on our side. Please try again."),
};

/** Codes that are about one field, in forms that have it, and how it is said there where the sentence does not fit. */
const REFUSED_FIELDS: Record<string, { field: string; message?: string }> = {
  email_taken: { field: "email" },
  invalid_credentials: { field: "current_password", message: msg("This isn’t your current password") },
};

/** From so many seconds on a wait is given in minutes. */
const MINUTES_FROM = 90;

/** One sentence for people about anything that was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof NoAnswer)
    return navigator.onLine
      ? t("We can’t reach the server. Please check your connection and try again.")
      : t("You’re offline. We’ll reconnect automatically.");
  if (error instanceof NotLoaded)
    return t("The card form could not be loaded. Please check your connection and try again.");
  if (!(error instanceof ApiProblem)) return t("Something unexpected happened. Please try again.");
  if (error.code === "rate_limited" && error.retryAfter) return tooManyAttempts(error.retryAfter);
  if (error.code === "validation_failed" && error.errors[0])
    return error.errors.map((one) => `${namedFieldMessage(one)}.`).join(" ");
  const known = SENTENCES[error.code];
  if (known) return t(known);
  return error.status >= 500 ? t(SENTENCES["internal_error"] as string) : error.message;
}

/** When one may try again, so many seconds from now: in whole minutes where it takes long. */
function tooManyAttempts(seconds: number): string {
  if (seconds < MINUTES_FROM)
    return t("Too many attempts. Please try again in {count, plural, one {# second} other {# seconds}}.", {
      count: seconds,
    });
  return t("Too many attempts. Please try again in {count, plural, one {# minute} other {# minutes}}.", {
    count: Math.ceil(seconds / 60),
  });
}

/**
 * The server's complaints by form field. What belongs to no field of the form is joined under `null`, so that
 * nothing the server said goes unseen.
 */
export function fieldErrors<F extends string>(
  error: unknown,
  fields: readonly F[],
): { fields: Partial<Record<F, string>>; rest: string | null } {
  const found: Partial<Record<F, string>> = {};
  if (!(error instanceof ApiProblem)) return { fields: found, rest: sentence(error) };
  const refused = REFUSED_FIELDS[error.code];
  if (refused && fields.includes(refused.field as F)) {
    found[refused.field as F] = refused.message ? t(refused.message) : sentence(error);
    return { fields: found, rest: null };
  }
  const rest: string[] = [];
  for (const one of error.errors) {
    const root = one.field.split(/[.[]/)[0] as F;
    if (fields.includes(root)) found[root] ??= fieldMessage(one);
    else rest.push(namedFieldMessage(one));
  }
  if (Object.keys(found).length === 0 && rest.length === 0) rest.push(sentence(error));
  return { fields: found, rest: rest.length ? rest.join(" ") : null };
}
