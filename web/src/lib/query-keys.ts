/**
 * The keys of everything in the query cache. The first part is what is invalidated as one: `keys.bookings.all` covers
 * every list, page and timeline of bookings.
 */
export const keys = {
  config: ["config"],
  sessions: ["sessions"],
  bookings: {
    all: ["bookings"],
    one: (id: string) => ["bookings", "one", id],
    timeline: (id: string, updatedAt: string) => ["bookings", "timeline", id, updatedAt],
    presence: (id: string) => ["bookings", "presence", id],
    messages: (id: string) => ["bookings", "messages", id],
    active: ["bookings", "active"],
    pages: (status: readonly string[]) => ["bookings", "pages", status],
    cancellation: (id: string, status: string) => ["bookings", "cancellation", id, status],
  },
  slots: {
    all: ["slots"],
    mine: (start: string, zone: string) => ["slots", "mine", start, zone],
    free: (expertId: string, start: string, zone: string) => ["slots", "free", expertId, start, zone],
  },
  rules: ["rules"],
  explanation: (at: string) => ["slots", "explanation", at],
  calendars: ["calendars"],
  waitlist: {
    all: ["waitlist"],
    one: (expertId: string) => ["waitlist", expertId],
    mine: ["waitlist", "mine"],
  },
  directory: {
    all: ["directory"],
    search: (address: string) => ["directory", "search", address],
    profile: (id: string) => ["directory", "profile", id],
    ratings: (id: string) => ["directory", "ratings", id],
    favourites: ["directory", "favourites"],
  },
  payments: {
    all: ["payments"],
    card: ["payments", "card"],
    account: ["payments", "account"],
    history: ["payments", "history"],
    payouts: ["payments", "payouts"],
    summary: (from: string) => ["payments", "summary", from],
    year: (year: number) => ["payments", "year", year],
    receipt: (bookingId: string) => ["payments", "receipt", bookingId],
    statement: (year: number) => ["payments", "statement", year],
  },
  notifications: {
    all: ["notifications"],
    summary: ["notifications", "summary"],
    list: ["notifications", "list"],
    preferences: ["notification-preferences"],
  },
  cardForm: (setup: string) => ["card-form", setup],
} as const;

const PUBLIC = [
  keys.config,
  keys.directory.search(""),
  keys.directory.profile(""),
  keys.directory.ratings(""),
  ["slots", "free"],
];

/** Whether everybody gets the same answer. */
export function isPublic(key: readonly unknown[]): boolean {
  return PUBLIC.some((known) => known.slice(0, 2).every((part, at) => part === key[at]));
}
