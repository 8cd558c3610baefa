import { useQuery } from "@tanstack/react-query";
import { keys } from "@/lib/query-keys";
import { fetchProfile } from "./api";

/** The photo of a consultant; null without one, and until it is known. */
export function useExpertPhoto(id: string | null): string | null {
  const profile = useQuery({
    queryKey: keys.directory.profile(id ?? ""),
    queryFn: () => fetchProfile(id ?? ""),
    enabled: id !== null,
    staleTime: 60_000,
  });
  return profile.data?.photo_url ?? null;
}
