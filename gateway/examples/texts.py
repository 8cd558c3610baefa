"""Bodies that are not JSON, by media type."""

from __future__ import annotations

from gateway.examples.story import BOOKING, CAPTURED, CONFIRMED, START

BY_MEDIA_TYPE = {
    "text/calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    "PRODID:-//Consultant Connect//Bookings//EN\r\nBEGIN:VEVENT\r\n"
    f"UID:{BOOKING}@consultant-connect\r\nSEQUENCE:0\r\nDTSTAMP:20261123T080413Z\r\n"
    "DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSTATUS:CONFIRMED\r\n"
    "SUMMARY:Session with Grace Hopper\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "text/csv": "date,receipt_number,booking_id,session_start,other_party,currency,"
    "gross_amount,refunded_amount,commission_amount,net_amount\r\n"
    f"{CAPTURED},000007,{BOOKING},{START},Ada Byron,eur,60.00,0.00,9.00,51.00\r\n",
    "text/html": "<!doctype html>\n<title>Unsubscribe</title>…",
    "text/event-stream": "id: 7\nevent: booking.confirmed\n"
    f'data: {{"id": 7, "type": "booking.confirmed", "at": "{CONFIRMED}",'
    f' "booking_id": "{BOOKING}"}}\n\n',
}
