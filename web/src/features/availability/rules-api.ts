import { api, body, bodyOrNull } from "@/lib/api/client";
import type { Answer, Body } from "@/lib/api/types";

export type Rules = Answer<"/consultants/me/availability/rules", "get">;
export type NewRules = Body<"/consultants/me/availability/rules", "put">;
export type Explanation = Answer<"/consultants/me/availability/explain", "get">;

/** The weekly rules; null where there are none. */
export const fetchRules = (): Promise<Rules | null> =>
  bodyOrNull(api.GET("/consultants/me/availability/rules"));

export const saveRules = (rules: NewRules): Promise<Rules> =>
  body(api.PUT("/consultants/me/availability/rules", { body: rules }));

export const deleteRules = () => body(api.DELETE("/consultants/me/availability/rules"));

/** Why no session can be requested at an instant. */
export const fetchExplanation = (at: string): Promise<Explanation> =>
  body(api.GET("/consultants/me/availability/explain", { params: { query: { at } } }));
