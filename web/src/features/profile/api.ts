import { api, body } from "@/lib/api/client";
import type { Body } from "@/lib/api/types";
import type { Profile } from "@/features/directory/api";

export type Currency = Parameters<typeof saveProfile>[0]["currency"];

export const saveProfile = (change: Body<"/consultants/me/profile", "put">): Promise<Profile> =>
  body(api.PUT("/consultants/me/profile", { body: change }));
