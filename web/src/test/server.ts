/** An API for component tests: answers by "METHOD /path" (`:name` stands for anything), and what it was asked. */
import { vi } from "vitest";

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

/** Stands in for the gateway until the test is over. The later of two routes that match wins. */
export function server(routes: Record<string, Route>) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(typeof input === "string" ? new URL(input, location.origin) : input, init);
    const url = new URL(request.url);
    const text = await request.text();
    const one: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body: text ? JSON.parse(text) : undefined,
      headers: request.headers,
      signal: request.signal,
    };
    asked.push(one);
    const [, route] =
      Object.entries({ "GET /config.json": {}, ...routes })
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
