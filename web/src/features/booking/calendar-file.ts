import { fullName } from "@/components/ui/person";
import { t } from "@/lib/i18n/i18n";
import type { Booking } from "./api";
import { type Side, other } from "./labels";

/** A booking as an RFC 5545 calendar. The UID stays, so that importing it again replaces the entry. */
export function calendarFile(booking: Booking, side: Side, page: string): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Consultant Connect//EN",
    "BEGIN:VEVENT",
    `UID:${booking.id}@consultant-connect`,
    `DTSTAMP:${stamp(booking.updated_at)}`,
    `DTSTART:${stamp(booking.scheduled_start)}`,
    `DTEND:${stamp(booking.scheduled_end)}`,
    `SUMMARY:${text(t("Session with {name}", { name: fullName(other(booking, side)) }))}`,
    `URL:${page}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map(folded).join("\r\n") + "\r\n";
}

/** "2026-11-23T10:00:00Z" → "20261123T100000Z". */
function stamp(at: string): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** Commas, semicolons, backslashes and line ends would end the value or begin another. */
function text(value: string): string {
  return value.replaceAll(/[\\;,]/g, "\\$&").replaceAll(/\r?\n/g, "\\n");
}

/** Lines of more than 75 bytes go on in the next, after a space. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const letter of line) {
    const bytes = new TextEncoder().encode(letter).length;
    if (size + bytes > (parts.length === 0 ? 75 : 74)) {
      parts.push(part);
      part = "";
      size = 0;
    }
    part += letter;
    size += bytes;
  }
  return [...parts, part].join("\r\n ");
}
