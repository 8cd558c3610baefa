/** The running stack from outside: people who use the API, and the Stripe sandbox's controls. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: which running stack shall be tested?`);
  return value.replace(/\/$/, "");
}

/** By name, because that is where Stripe's pages send people back to, and cookies belong to a name. */
export const BASE_URL = needed("BASE_URL").replace("//127.0.0.1", "//localhost");
export const SANDBOX_URL = needed("STRIPE_SANDBOX_URL");
export const PASSWORD = "a few words as a password";

type Json = Record<string, unknown>;

export class Refused extends Error {
  constructor(
    readonly status: number,
    body: string,
  ) {
    super(`${status}: ${body.slice(0, 400)}`);
  }
}

/** As fetch, once more when the connection broke: on a busy machine a kept one may end just as it is used again. */
async function reach(url: string, init: RequestInit): Promise<Response> {
  const once = { ...init, headers: { "Idempotency-Key": randomUUID(), ...init.headers } };
  return fetch(url, once).catch(async (error: unknown) => {
    console.log(`${init.method} ${url}:`, error instanceof Error ? error.cause : error);
    await new Promise((done) => setTimeout(done, 500));
    return fetch(url, once);
  });
}

async function call<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers["Authorization"] = `Bearer ${token}`;
  const response = await reach(BASE_URL + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, `${method} ${path} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

export type Booking = { id: string; status: string; payment_status: string; payment_failure: string | null };

/** Somebody with an account, who does over the API what a test is not about. */
export class Person {
  constructor(
    readonly id: string,
    readonly email: string,
    readonly first: string,
    readonly last: string,
    readonly token: string,
  ) {}

  get name(): string {
    return `${this.first} ${this.last}`;
  }

  static async register(role: "seeker" | "consultant", first: string, last = "Example"): Promise<Person> {
    const email = `${first}.${randomUUID().slice(0, 8)}@example.org`
      .toLowerCase()
      .replaceAll(/[^a-z0-9.@-]/g, "x");
    const session = await call<{ user: { id: string }; access_token: string }>("POST", "/users/register", {
      email,
      password: PASSWORD,
      first_name: first,
      last_name: last,
      role,
    });
    const person = new Person(session.user.id, email, first, last, session.access_token);
    await person.call("PATCH", "/users/me", { time_zone: "Europe/Prague" });
    return person;
  }

  /** A session of one's own, as a browser gets it: nobody else may use this token. */
  async refreshCookie(): Promise<{ name: string; value: string }> {
    const response = await reach(`${BASE_URL}/users/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: this.email, password: PASSWORD, refresh: "cookie" }),
    });
    // Its name is the stack's own: browsers keep cookies by host, whatever the port.
    const [, name, value] =
      /([\w-]*refresh[\w-]*)=([^;]+)/.exec(response.headers.get("Set-Cookie") ?? "") ?? [];
    if (!name || !value) throw new Refused(response.status, await response.text());
    return { name, value };
  }

  call<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    return call<T>(method, path, body, this.token);
  }

  /** A card on file, by its token in the sandbox. */
  async saveCard(token = "pm_card_visa"): Promise<void> {
    const before = await this.cardOnFile();
    const setup = await this.call<{
      setup_intent_id: string;
      client_secret: string;
      publishable_key: string;
    }>("POST", "/payments/setup-intent");
    await sandbox(`/v1/setup_intents/${setup.setup_intent_id}/confirm`, {
      key: setup.publishable_key,
      client_secret: setup.client_secret,
      payment_method: token,
    });
    // One that is replaced is on file until Stripe's event has come.
    await until("the card is on file", async () => {
      const now = await this.cardOnFile();
      return now !== null && now !== before;
    });
  }

  /** Listens to this person's events from now on; what it returns waits until one of that type has come. */
  async events(): Promise<(type: string) => Promise<void>> {
    const stream = await fetch(`${BASE_URL}/events`, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!stream.ok || !stream.body) throw new Refused(stream.status, "GET /events");
    const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
    return async (type) => {
      let text = "";
      while (!text.split(/\r?\n/).includes(`event: ${type}`)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before ${type}`);
        text += value;
      }
      await reader.cancel();
    };
  }

  private cardOnFile(): Promise<string | null> {
    return this.call<{ id: string }>("GET", "/payments/payment-method").then(
      (card) => card.id,
      () => null,
    );
  }

  /** A page in the directory. */
  async publish(more: Json = {}): Promise<void> {
    await this.call("PUT", "/consultants/me/profile", {
      headline: "Makes slow databases fast",
      bio: "Twenty years of waiting for queries, so that you don’t have to.",
      expertise_tags: ["postgresql", "performance"],
      hourly_rate: 12000,
      currency: "eur",
      languages: ["en", "cs"],
      ...more,
    });
  }

  /** A free slot that begins so many minutes from now; its id. */
  async offer(minutesAhead: number, minutesLong = 60): Promise<string> {
    const start = Math.ceil(Date.now() / 60_000 + minutesAhead) * 60_000;
    const made = await this.call<{ items: { id: string }[] }>("POST", "/consultants/me/availability", {
      slots: [
        {
          start_time: new Date(start).toISOString(),
          end_time: new Date(start + minutesLong * 60_000).toISOString(),
        },
      ],
    });
    const slot = made.items[0];
    if (!slot) throw new Error("no slot was made");
    return slot.id;
  }

  async request(consultant: Person, slot_id: string, message = "Can you help me?"): Promise<string> {
    const made = await this.call<Booking>("POST", "/bookings", {
      consultant_id: consultant.id,
      slot_id,
      message,
    });
    return made.id;
  }

  booking(id: string): Promise<Booking> {
    return this.call<Booking>("GET", `/bookings/${id}`);
  }

  /** Accepts, and waits for what becomes of the payment. */
  async accept(id: string, becomes = "confirmed"): Promise<void> {
    await this.call("POST", `/bookings/${id}/accept`);
    await until(`the booking is ${becomes}`, async () => (await this.booking(id)).status === becomes);
  }

  /** A payout account that is ready. */
  async onboard(): Promise<void> {
    const { account_id } = await this.call<{ account_id: string }>("POST", "/payments/connect-account");
    await sandbox(`/_sandbox/accounts/${account_id}/onboard`, { outcome: "complete" });
    await until(
      "payouts are active",
      async () => (await this.call("GET", "/payments/connect-account"))["status"] === "active",
    );
  }
}

/** A seeker with a card and a consultant with a page. */
export async function pair(
  seeker = "Sam",
  consultant = "Cora",
): Promise<{ seeker: Person; consultant: Person }> {
  const made = {
    seeker: await Person.register("seeker", seeker),
    consultant: await Person.register("consultant", consultant),
  };
  await made.consultant.publish();
  await made.seeker.saveCard();
  return made;
}

export async function sandbox(path: string, form: Record<string, string>): Promise<Json> {
  const response = await reach(SANDBOX_URL + path, { method: "POST", body: new URLSearchParams(form) });
  if (!response.ok) throw new Refused(response.status, `${path} ${await response.text()}`);
  return (await response.json()) as Json;
}

export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > limit) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 150));
  }
}

/** The process of one of the stack's programs, which runs on this machine (`make up DATA_DIR=…`). */
export function processId(program: string): number {
  needed("DATA_DIR");
  const status = execFileSync("make", ["-s", "status", "FORMAT=json"], { cwd: "..", encoding: "utf8" });
  const { processes } = JSON.parse(status) as { processes: Record<string, { pid: number } | undefined> };
  const pid = processes[program]?.pid;
  if (!pid)
    throw new Error(
      `${program} does not run in this stack${program === "coturn" ? ": start it with TURN=1" : ""}`,
    );
  return pid;
}

/** How long a session is free in this stack. */
export async function freeSeconds(): Promise<number> {
  return (await call<{ free_period_seconds: number }>("GET", "/config")).free_period_seconds;
}
