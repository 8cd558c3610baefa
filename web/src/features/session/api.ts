import { api, body, idempotent } from "@/lib/api/client";
import { fetchAllPages } from "@/lib/api/pages";
import { type Session, type User, setUser, signIn } from "@/lib/api/session";
import { lastLanguage } from "@/lib/i18n/locale";
import { BROWSER_ZONE } from "@/lib/zone";

export type Registration = {
  email: string;
  password: string;
  first_name: string;
  last_name: string;
  role: "seeker" | "consultant";
};

export async function logIn(email: string, password: string): Promise<User> {
  const session: Session = await body(
    api.POST("/users/login", { body: { email, password, refresh: "cookie" } }),
  );
  signIn(session);
  return session.user;
}

export async function register(wanted: Registration, key: string): Promise<User> {
  // The account takes over the language in which the form was read; the browser names its own ones otherwise.
  const chosen = lastLanguage();
  const session: Session = await body(
    api.POST("/users/register", {
      params: idempotent(key),
      body: { ...wanted, refresh: "cookie" },
      headers: chosen ? { "Accept-Language": chosen } : {},
    }),
  );
  signIn(session);
  // The zone is a convenience that can be changed later: an account without it is still an account.
  if (session.user.time_zone !== BROWSER_ZONE)
    await updateMe({ time_zone: BROWSER_ZONE }).catch(() => undefined);
  return session.user;
}

export async function updateMe(
  change: Partial<Pick<User, "first_name" | "last_name" | "time_zone">>,
): Promise<User> {
  const user: User = await body(api.PATCH("/users/me", { body: change }));
  setUser(user);
  return user;
}

export const changePassword = (current_password: string, new_password: string, key: string) =>
  body(api.POST("/users/me/password", { params: idempotent(key), body: { current_password, new_password } }));

/** Where this account is signed in: every place, however old, since each can be ended. */
export const fetchSessions = () =>
  fetchAllPages((cursor) =>
    body(api.GET("/users/me/sessions", { params: { query: { limit: 100, ...cursor } } })),
  );

export const endSession = (id: string) =>
  body(api.DELETE("/users/me/sessions/{session_id}", { params: { path: { session_id: id } } }));
