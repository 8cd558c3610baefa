import { useSession } from "./api/session";
import { BROWSER_ZONE } from "./time";
import { currentZone } from "./zones";

/** The time zone in which times are shown: the account's, and for visitors the browser's. */
export function useZone(): string {
  return currentZone(useSession((state) => state.user?.time_zone) ?? BROWSER_ZONE);
}
