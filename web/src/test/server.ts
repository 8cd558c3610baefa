/** An API for component tests: answers by "METHOD /path" (`:name` stands for anything), and what it was asked. */
import { vi } from "vitest";
import { type Config, forgetConfig } from "@/lib/config";

export type Asked = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
  signal: AbortSignal;
};
type Reply = Response | object | null;
type Route = Reply | ((asked: Asked) => Reply | Promise<Reply>);

/** A refusal as the API words it. */
export function problem(status: number, code: string, more: object = {}): Response {
  return new Response(JSON.stringify({ status, code, detail: `The server says ${code}.`, ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}

/** A list with nothing after it. */
export const page = (...items: unknown[]) => ({ items, next_cursor: null });

/** The settings of a marketplace as it is set up out of the box. */
export const CONFIG: Config = {
  brand: { name: "Consultant Connect", color: "#0f6b60", logo_url: null },
  currencies: [
    { code: "eur", exponent: 2, minimum: 50, maximum: 99_999_999, step: 1 },
    { code: "usd", exponent: 2, minimum: 50, maximum: 99_999_999, step: 1 },
    { code: "jpy", exponent: 0, minimum: 50, maximum: 99_999_999, step: 1 },
    { code: "kwd", exponent: 3, minimum: 170, maximum: 99_999_999, step: 10 },
  ],
  locales: ["en"],
  free_period_seconds: 600,
  commission_bps: 1500,
  cancel_free_seconds: 86_400,
  late_cancel_bps: 5000,
  minimum_slot_seconds: 900,
  start_early_seconds: 900,
  auto_end_after_seconds: 900,
  stripe_publishable_key: null,
  stripe_js_url: null,
  features: {},
};

const isJson = (request: Request) =>
  request.headers.get("Content-Type")?.startsWith("application/json") ?? false;

/** Stands in for the gateway until the test is over. The later of two routes that match wins. */
export function server(routes: Record<string, Route>) {
  forgetConfig();
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(typeof input === "string" ? new URL(input, location.origin) : input, init);
    const url = new URL(request.url);
    const text = await request.text();
    const one: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body: text && isJson(request) ? JSON.parse(text) : text || undefined,
      headers: request.headers,
      signal: request.signal,
    };
    asked.push(one);
    const [, route] =
      Object.entries<Route>({ "GET /config": CONFIG, ...routes })
        .reverse()
        .find(([name]) =>
          new RegExp(`^${name.replaceAll(/:\w+/g, "[^/]+")}$`).test(`${one.method} ${one.path}`),
        ) ?? [];
    if (route === undefined) throw new Error(`the test has no answer to ${one.method} ${one.path}`);
    const reply = typeof route === "function" ? await route(one) : route;
    if (reply instanceof Response) return reply.clone();
    return reply === null
      ? new Response(null, { status: 204 })
      : new Response(JSON.stringify(reply), { headers: { "Content-Type": "application/json" } });
  });
  return {
    asked,
    /** The requests to one path. */
    to: (method: string, path: string) => asked.filter((one) => one.method === method && one.path === path),
  };
}
