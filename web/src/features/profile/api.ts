import { api, body } from "@/lib/api/client";
import type { Answer, Body } from "@/lib/api/types";
import type { Profile } from "@/features/directory/api";

export type Currency = Parameters<typeof saveProfile>[0]["currency"];

export const saveProfile = (change: Body<"/consultants/me/profile", "put">): Promise<Profile> =>
  body(api.PUT("/consultants/me/profile", { body: change }));

/** Shown at once, in three sizes that the server makes of it. */
export const savePhoto = (photo: Blob): Promise<Answer<"/consultants/me/photo", "put">> =>
  body(
    api.PUT("/consultants/me/photo", {
      body: photo as never,
      bodySerializer: (content: unknown) => content as Blob,
      headers: { "Content-Type": photo.type },
    }),
  );

export const removePhoto = () => body(api.DELETE("/consultants/me/photo"));
