import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyError } from "@/components/ui/notify";
import type { Expert } from "@/features/directory/api";
import { useSession } from "@/lib/api/session";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { addFavourite, fetchFavourites, removeFavourite } from "./api";

type Favourites = Awaited<ReturnType<typeof fetchFavourites>>;

/** The experts that a seeker keeps; asked for once, by whoever shows them first. */
export function useFavourites() {
  const seeker = useSession((state) => state.user?.role === "seeker");
  return useQuery({
    queryKey: keys.directory.favourites,
    queryFn: fetchFavourites,
    enabled: seeker,
    staleTime: 60_000,
  });
}

/** Keeps an expert, or no longer; shown at once and taken back when the server says no. */
export function useToggleFavourite(expert: Expert) {
  const client = useQueryClient();
  const key = keys.directory.favourites;
  return useMutation({
    mutationFn: (kept: boolean) =>
      kept ? addFavourite(expert.consultant_id) : removeFavourite(expert.consultant_id),
    onMutate: async (kept) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData<Favourites>(key);
      if (before) client.setQueryData<Favourites>(key, changed(before, expert, kept));
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(key, before);
      notifyError(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

function changed(experts: Expert[], expert: Expert, kept: boolean): Expert[] {
  const others = experts.filter((one) => one.consultant_id !== expert.consultant_id);
  return kept ? [expert, ...others] : others;
}
