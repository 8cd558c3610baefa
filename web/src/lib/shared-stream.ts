/**
 * One event stream for all tabs of a browser, which opens at most six connections to a server that speaks HTTP/1.1. One tab
 * holds the stream and passes on what it hears; another goes on after the last message when that one is closed or frozen.
 * Where tabs cannot agree on one, each holds its own.
 */
import { type Message, readEvents } from "./event-stream";
import { type OneTab, hasWebLocks, inOneTab } from "./exclusive";
import { isHidden, onPageResume, onPageVisible } from "./page-lifecycle";
import { Silence } from "./silence";

/**
 * The tab that holds the stream says something every 40 s at least, even where the server is away. One that does not was
 * stopped by a browser that said nothing to it.
 */
const HOLDER_SILENT_MS = 50_000;
/** Where a session on a page that somebody looks at depends on the stream, the holder is asked so often, and must answer. */
const ANSWER_MS = 3000;
/** How long to wait between two tries to open the stream at most, and how long where a session depends on it. */
const LONGEST_WAIT_MS = 30_000;
const LONGEST_WAIT_URGENT_MS = 4000;
/** How long the word of another tab holds that it depends on the stream; it is said again at every failed try. */
const URGENT_FOR_MS = 60_000;

/** The id that this browser has received last, and whose: the next page goes on from there. */
const LAST_EVENT = "cc.last-event";

/** What the tabs of one user say to each other. */
type News =
  /** From the tab that holds the stream. `lastId` tells the others whether they have missed anything. */
  | { kind: "state"; open: boolean; lastId: string }
  | { kind: "message"; message: Message }
  /** A tab has come or is running again, and asks for the state. */
  | { kind: "hello" }
  /** A session in that tab depends on the stream. */
  | { kind: "urgent" };

export type StreamListener = {
  onMessage: (message: Message) => void;
  /** The stream has opened or closed, in whichever tab. */
  onOpen: (open: boolean) => void;
  /** Whether something on this page depends on the stream. */
  isUrgent: () => boolean;
};

/** Tells `listener` what the stream of this user brings, who is signed in. Returns what ends that. */
export function shareStream(userId: string, listener: StreamListener): () => void {
  const stream = new SharedStream(userId, listener);
  return () => stream.end();
}

class SharedStream {
  readonly #channel: BroadcastChannel | null;
  readonly #tab: OneTab;
  readonly #silence: Silence;
  /** Runs out again and again, each time for another look at whether the holder has answered. */
  readonly #answer: Silence;
  readonly #ends: (() => void)[];
  #holding = false;
  #open = false;
  /** The holder has been asked for the state, and nothing has been received since. */
  #unanswered = true;
  /** The last message that this page has heard of; null before the first. */
  #lastId: string | null = null;
  #urgentAt = -Infinity;

  constructor(
    private readonly userId: string,
    private readonly listener: StreamListener,
  ) {
    const name = `cc.events.${userId}`;
    const shared = hasWebLocks() && typeof BroadcastChannel !== "undefined";
    this.#channel = shared ? new BroadcastChannel(name) : null;
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<News>) => this.#hear(data));
    this.#silence = new Silence(HOLDER_SILENT_MS, () => this.#missHolder());
    this.#answer = new Silence(ANSWER_MS, () => this.#checkHolder());
    this.#tab = shared
      ? inOneTab(name, () => this.#hold())
      : { stop: this.#hold(), takeOver: () => undefined };
    this.#ends = [
      onPageResume(() => this.#say({ kind: "hello" })),
      onPageVisible(() => {
        // Whether it answered a page that did not run was not to be heard.
        this.#unanswered = false;
        this.#checkHolder();
      }),
    ];
    this.#say({ kind: "hello" });
  }

  end(): void {
    for (const end of this.#ends) end();
    this.#tab.stop();
    this.#silence.end();
    this.#answer.end();
    this.#channel?.close();
    this.listener.onOpen(false);
  }

  /** Holds the stream in this tab. Returns what ends that. */
  #hold(): () => void {
    const ended = new AbortController();
    this.#holding = true;
    this.#silence.end();
    this.#lastId ??= lastSeenId(this.userId);
    void readEvents({
      lastId: this.#lastId,
      ended: ended.signal,
      onMessage: (message) => {
        this.#take(message);
        this.#say({ kind: "message", message });
        if (message.id) rememberId(this.userId, message.id);
      },
      onOpen: (open) => {
        this.#setOpen(open);
        this.#sayState();
      },
      longestWait: () => (this.#isUrgent() ? LONGEST_WAIT_URGENT_MS : LONGEST_WAIT_MS),
    });
    return () => {
      ended.abort();
      this.#holding = false;
      this.#silence.interrupt();
    };
  }

  #hear(news: News): void {
    if (news.kind === "hello") {
      if (this.#holding) this.#sayState();
      return;
    }
    if (news.kind === "urgent") {
      this.#urgentAt = Date.now();
      return;
    }
    // Another that has not noticed yet that this tab took over, or that the browser lets each tab hold a stream.
    if (this.#holding) return;
    this.#unanswered = false;
    this.#silence.interrupt();
    if (news.kind === "message") return this.#take(news.message);
    this.#setOpen(news.open);
    if (!news.open && this.listener.isUrgent()) this.#say({ kind: "urgent" });
    if (this.#lastId !== null && news.lastId !== this.#lastId)
      this.listener.onMessage({ event: "reset", data: "{}" });
    this.#lastId = news.lastId;
  }

  #take(message: Message): void {
    this.#lastId = message.id ?? this.#lastId;
    this.listener.onMessage(message);
  }

  #setOpen(open: boolean): void {
    this.#open = open;
    this.listener.onOpen(open);
  }

  /** Tabs in the background leave it to the one that somebody looks at: after a sleep all of them wake at once. */
  #missHolder(): void {
    if (isHidden()) this.#silence.interrupt();
    else this.#tab.takeOver();
  }

  /** A session cannot wait as long: some browsers stop tabs in the background without a word to them, and keep their lock. */
  #checkHolder(): void {
    this.#answer.interrupt();
    const matters = !this.#holding && !isHidden() && this.listener.isUrgent();
    if (matters && this.#unanswered) this.#tab.takeOver();
    this.#unanswered = matters;
    if (matters) this.#say({ kind: "hello" });
  }

  #isUrgent(): boolean {
    return this.listener.isUrgent() || Date.now() - this.#urgentAt < URGENT_FOR_MS;
  }

  #sayState(): void {
    this.#say({ kind: "state", open: this.#open, lastId: this.#lastId ?? "0" });
  }

  #say(news: News): void {
    this.#channel?.postMessage(news);
  }
}

/** "0" where nothing is known: before a user's first event. */
function lastSeenId(userId: string): string {
  try {
    const [whose, id] = localStorage.getItem(LAST_EVENT)?.split(" ") ?? [];
    return whose === userId && id ? id : "0";
  } catch {
    return "0";
  }
}

function rememberId(userId: string, id: string): void {
  try {
    localStorage.setItem(LAST_EVENT, `${userId} ${id}`);
  } catch {
    // Storage is switched off: the next page is told to look anew.
  }
}
