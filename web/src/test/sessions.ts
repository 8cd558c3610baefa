/** A session and answers of the API, for tests. */
import type { Session } from "@/lib/api/session";

const user = {
  id: "u",
  email: "ada@example.org",
  email_verified: true,
  first_name: "Ada",
  last_name: "Byron",
  role: "seeker" as const,
  is_active: true,
  time_zone: "UTC",
  language: null,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};
export const session = (token: string, seconds = 900): Session => ({
  user,
  access_token: token,
  expires_in: seconds,
});
export const answer = (status: number, body: unknown) =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));
