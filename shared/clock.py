"""The only module that reads the clock, so that tests can shift the time."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.problems import FieldError, ValidationFailed

_offset = timedelta()

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The current time: timezone-aware, in UTC, with microseconds."""
    return datetime.now(UTC) + _offset


@contextlib.contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Shifts this process's `now()` by `by` within the block, so that tests of sweeps and deadlines
    need not wait.
    """
    global _offset
    _offset += by
    try:
        yield
    finally:
        _offset -= by


def is_plausible(value: datetime) -> bool:
    """Whether `value` is timezone-aware and between 2000 and 2100, both in UTC and in its own zone.
    Dates outside that range are mistakes, and neither Python's nor PostgreSQL's date arithmetic is
    safe near its limits.
    """
    if value.tzinfo is None or not EARLIEST.year <= value.year < LATEST.year:
        return False
    return EARLIEST <= value.astimezone(UTC) < LATEST


def utc(value: datetime, field: str) -> datetime:
    """`value` in UTC. Raises ValidationFailed naming `field` if it is not plausible."""
    if not is_plausible(value):
        raise ValidationFailed(
            [FieldError(field, "must be an instant between the years 2000 and 2100")]
        )
    return value.astimezone(UTC)


def utc_or_none(value: datetime | None, field: str) -> datetime | None:
    """The same for an optional field."""
    return utc(value, field) if value is not None else None
