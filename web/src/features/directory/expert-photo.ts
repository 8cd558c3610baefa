import { useQuery } from "@/lib/query";
import { profileQuery } from "./queries";

/** The photo of a consultant; null without one, and until it is known. */
export function useExpertPhoto(id: string | null): string | null {
  const profile = useQuery({
    ...profileQuery(id ?? ""),
    enabled: id !== null,
    staleTime: 60_000,
  });
  return profile.data?.photo_url ?? null;
}
