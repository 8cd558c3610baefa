import { useSession } from "./api/session";
import { BROWSER_ZONE } from "./time";

/** The time zone in which times are shown: the account's, and for visitors the browser's. */
export function useZone(): string {
  return useSession((state) => state.user?.time_zone) ?? BROWSER_ZONE;
}
