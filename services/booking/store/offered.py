"""Which free slots can be requested: the same condition for lists, published free time and
commands.
"""

from __future__ import annotations

from sqlalchemy import TextClause, text

from services.booking.domain.lifecycle import COUNTED
from services.booking.domain.model import LIVE
from services.booking.store.statuses import status_list

_ANY = "booking.availability_slots.consultant_id"


def is_offered(consultant: str = _ANY, *, except_booking: str = "") -> TextClause:
    """A condition on booking.availability_slots at the instant `:at`.

    The consultant's account is open, and no time of another calendar of theirs overlaps the slot;
    no live booking, nor a time proposed for one, is within the buffer, which is the longer of the
    booking's own (as in the exclusion constraint) and that of the current rules; the minimum notice
    is respected; and the daily limit is not reached, where a proposed time counts like a booking.

    `consultant` is the owner of the slots: as a bind parameter, subqueries that depend only on it
    are evaluated once rather than per slot. `except_booking` is the parameter of a booking that is
    to move, which must not conflict with itself.
    """
    owner = consultant if consultant == _ANY else f"cast({consultant} as uuid)"
    others = f"and b.id <> cast({except_booking} as uuid)" if except_booking else ""
    return text(f"""
    not exists (
        select from booking.users u where u.id = {owner} and not u.is_active
    ) and not exists (
        select from booking.busy_times t where t.consultant_id = {owner}
            and tstzrange(t.start_time, t.end_time) && tstzrange(
                booking.availability_slots.start_time, booking.availability_slots.end_time)
    ) and not coalesce((
        select range_agg(tstzmultirange(
            tstzrange(b.scheduled_start, greatest(b.blocked_until,
                b.scheduled_end + coalesce(p.pause, interval '0'))),
            case when b.proposed_start is null then 'empty'::tstzrange
                else tstzrange(b.proposed_start, greatest(b.proposed_blocked_until,
                    b.proposed_end + coalesce(p.pause, interval '0'))) end
        )) from booking.bookings b left join (
            select r.consultant_id, make_interval(mins => r.buffer_minutes) as pause
            from booking.availability_rules r
        ) p on p.consultant_id = b.consultant_id
        where b.consultant_id = {owner} and b.status in ({status_list(LIVE)}) {others}
    ) && tstzrange(booking.availability_slots.start_time,
        booking.availability_slots.end_time + coalesce((
            select make_interval(mins => r.buffer_minutes) from booking.availability_rules r
            where r.consultant_id = {owner}
        ), interval '0')
    ), false) and booking.availability_slots.start_time >= cast(:at as timestamptz) + coalesce((
        select make_interval(mins => r.minimum_notice_minutes) from booking.availability_rules r
        where r.consultant_id = {owner}
    ), interval '0') and date_trunc('day', booking.availability_slots.start_time, coalesce((
        select r.time_zone from booking.availability_rules r where r.consultant_id = {owner}
    ), 'UTC')) not in (
        select date_trunc('day', s.start_time, r.time_zone)
        from booking.availability_rules r
            join booking.bookings b on b.consultant_id = r.consultant_id
            cross join lateral (values (b.scheduled_start), (b.proposed_start)) s (start_time)
        where r.consultant_id = {owner} and r.daily_limit is not null
            and b.status in ({status_list(COUNTED)}) {others}
            and s.start_time > cast(:at as timestamptz) - interval '2 days'
        group by 1, r.daily_limit having count(distinct b.id) >= r.daily_limit
    )
    """)  # noqa: S608  # nosec B608 # names of ours; values are bound
