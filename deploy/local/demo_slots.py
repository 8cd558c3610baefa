"""When the demo's consultants are free: some hours over the next two weeks, and one session
today.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from deploy.local.demo_people import Consultant

DAYS = 14
Slot = dict[str, str]  # {"start_time": …, "end_time": …}, as in the API


def session_slot() -> Slot:
    """Soon enough to be started now (a session may start 15 minutes early), but late enough for the
    booking to be accepted first.
    """
    soon = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=10)
    return _slot(soon - timedelta(minutes=soon.minute % 5), 30)


def upcoming_slots(who: Consultant) -> list[Slot]:
    """Slots from tomorrow on, in the consultant's local time; none in an hour skipped by a clock
    change.
    """
    zone = ZoneInfo(who.time_zone)
    today = datetime.now(zone).replace(minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=ahead) for ahead in range(1, DAYS + 1)]
    return [
        _slot(day.replace(hour=hour), who.minutes)
        for day in days
        if day.isoweekday() in who.weekdays
        for hour in who.hours
    ]


def _slot(begin: datetime, minutes: int) -> Slot:
    start = begin.astimezone(UTC)
    return {"start_time": _text(start), "end_time": _text(start + timedelta(minutes=minutes))}


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
