"""Which free slots can be requested under their consultant's rules."""

from __future__ import annotations

from sqlalchemy import text

from services.booking.domain.lifecycle import COUNTED
from services.booking.domain.model import LIVE

_live = ", ".join(f"'{status}'" for status in sorted(LIVE))
_counted = ", ".join(f"'{status}'" for status in sorted(COUNTED))

# A condition on booking.availability_slots at the instant `:at`. A consultant without rules has
# nothing that stands in the way.
IS_OFFERED = text(f"""
    not exists (
        select from booking.availability_rules r
        where r.consultant_id = booking.availability_slots.consultant_id and (
            booking.availability_slots.from_rules and booking.availability_slots.start_time
                < cast(:at as timestamptz) + make_interval(mins => r.minimum_notice_minutes)
            or r.buffer_minutes > 0 and exists (
                select from booking.bookings b
                where b.consultant_id = r.consultant_id and b.status in ({_live})
                    and tstzmultirange(
                        tstzrange(b.scheduled_start, coalesce(b.blocked_until, b.scheduled_end)),
                        case when b.proposed_start is null then 'empty'::tstzrange
                            else tstzrange(b.proposed_start,
                                coalesce(b.proposed_blocked_until, b.proposed_end)) end
                    ) && tstzrange(booking.availability_slots.start_time,
                        booking.availability_slots.end_time
                            + make_interval(mins => r.buffer_minutes))
            )
            or r.daily_limit <= (
                select count(*) from booking.bookings b
                where b.consultant_id = r.consultant_id and b.status in ({_counted})
                    and date_trunc('day', b.scheduled_start, r.time_zone) = date_trunc(
                        'day', booking.availability_slots.start_time, r.time_zone)
                    and b.scheduled_start > booking.availability_slots.start_time - interval '2 days'
                    and b.scheduled_start < booking.availability_slots.start_time + interval '2 days'
            )
        )
    )
""")  # noqa: S608 (names of ours)  # nosec B608 # names of ours; values are bound
