/** Time zones: the one in which times are shown, those that people can choose, and how one is searched for. */
import { useSession } from "./api/session";

/** The browser's own. */
export const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Browsers keep the names of their first release; the database has renamed these since. */
const RENAMED: Record<string, string> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** Today's name in the IANA database: "Asia/Calcutta" → "Asia/Kolkata"; names that are current stay. */
export function currentZone(zone: string): string {
  return RENAMED[zone] ?? zone;
}

/** The time zone in which times are shown: the account's, and for visitors the browser's. */
export function useZone(): string {
  return currentZone(useSession((state) => state.user?.time_zone) ?? BROWSER_ZONE);
}

/** The zones that this browser knows, by its own names. */
export function zones(): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes("UTC") ? known : ["UTC", ...known];
}

/** Whether this browser can show times in it. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export type ZoneOption = { value: string; label: string };

/** "America/Argentina/Buenos_Aires" → "Buenos Aires, Argentina (America)". */
export function zoneLabel(zone: string): string {
  const [region, ...places] = zone.replaceAll("_", " ").split("/");
  return places.length ? `${places.reverse().join(", ")} (${region})` : (region ?? zone);
}

/** Every zone, by its label; `chosen` too, where this browser does not list it. */
export function zoneOptions(chosen: string): ZoneOption[] {
  const names = new Set([...zones().map(currentZone), currentZone(chosen)]);
  return [...names]
    .map((value) => ({ value, label: zoneLabel(value) }))
    .sort((a, b) => a.label.localeCompare(b.label, "en"));
}

const FORMER = new Map(Object.entries(RENAMED).map(([former, current]) => [current, former]));

/** Whether what is typed names this zone: words and their beginnings, in any order, former names too. */
export function zoneMatches({ value, label }: ZoneOption, typed: string): boolean {
  const names = plain(`${label} ${value} ${FORMER.get(value) ?? ""}`).split(" ");
  return plain(typed)
    .split(" ")
    .every((word) => names.some((name) => name.startsWith(word)));
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}+-]+/gu, " ")
    .trim();
}
