import type { paths } from "./schema.gen";

type Json<T> = T extends { content: { "application/json": infer B } } ? B : never;

/** What an operation answers: `Answer<"/bookings/{booking_id}", "get">`. */
export type Answer<
  P extends keyof paths,
  M extends keyof paths[P],
  S extends number = 200,
> = paths[P][M] extends {
  responses: infer R;
}
  ? S extends keyof R
    ? Json<R[S]>
    : never
  : never;

/** An operation's query parameters. */
export type Query<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  parameters: { query?: infer Q };
}
  ? NonNullable<Q>
  : never;

/** An operation's request body. */
export type Body<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  requestBody?: infer B;
}
  ? Json<NonNullable<B>>
  : never;

export type User = Answer<"/users/me", "get">;
export type Booking = Answer<"/bookings/{booking_id}", "get">;
