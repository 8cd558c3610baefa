/** The one way to the API: typed by its OpenAPI document, signed with a fresh token, errors thrown as ApiProblem. */
import createClient from "openapi-fetch";
import { serverSaid } from "../clock";
import { ApiProblem, NoAnswer, isMissing } from "./problem";
import type { paths } from "./schema.gen";
import { freshToken, renew } from "./renewal";

/** After this long, a request counts as unanswered: what waits for it, a dialog for instance, is usable again. */
const ANSWER_WITHIN = 60_000;

async function signed(request: Request): Promise<Response> {
  const again = request.clone();
  const token = await freshToken();
  const response = await send(request, token);
  if (token === null || !(await isStale(response))) return response;
  // The token was revoked, or the signing keys changed: one try with a new one.
  const newer = await renew(token);
  return newer === null ? response : send(again, newer);
}

/** Whether it was the token that was refused: a wrong password is answered with 401 too. */
async function isStale(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return new ApiProblem(response.status, problem).code === "unauthenticated";
}

async function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  try {
    const asked = Date.now();
    const response = await answered(request);
    serverSaid(response.headers.get("Date"), asked);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new NoAnswer("No answer from the server.");
  }
}

async function answered(request: Request): Promise<Response> {
  // Sending a photo may take any time.
  if (request.headers.get("Content-Type")?.startsWith("image/")) return fetch(request);
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  const timer = setTimeout(stop, ANSWER_WITHIN);
  if (request.signal.aborted) stop();
  request.signal.addEventListener("abort", stop);
  try {
    return await fetch(request, { signal: waiting.signal });
  } finally {
    clearTimeout(timer);
  }
}

export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin,
  fetch: signed,
  headers: { Accept: "application/json" },
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer's body; throws ApiProblem. */
export async function body<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiProblem(response.status, error, response.headers);
  return data as T;
}

/** The answer's body, or null where the API says 404: there is none. Throws ApiProblem for everything else. */
export async function bodyOrNull<T>(call: Promise<Answer<T>>): Promise<T | null> {
  try {
    return await body(call);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The header that makes repeated requests of one intent the same request (see `intent.ts`). */
export function idempotent(key: string): { header: { "Idempotency-Key": string } } {
  return { header: { "Idempotency-Key": key } };
}
