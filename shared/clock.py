"""The one place that asks for the time, so that a test can stand in another moment."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.problems import FieldError, ValidationFailed

_offset = timedelta()

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present instant, aware, in UTC, with microseconds."""
    return datetime.now(UTC) + _offset


@contextlib.contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Within the block, `now()` of this process is shifted by `by`. For tests: sweeps and deadlines
    without waiting.
    """
    global _offset
    _offset += by
    try:
        yield
    finally:
        _offset -= by


def is_plausible(value: datetime) -> bool:
    """Whether `value` is aware and between 2000 and 2100, in UTC as in its own zone: nobody means
    another date, and neither Python's nor PostgreSQL's arithmetic is safe near its ends.
    """
    if value.tzinfo is None or not EARLIEST.year <= value.year < LATEST.year:
        return False
    return EARLIEST <= value.astimezone(UTC) < LATEST


def utc(value: datetime, field: str) -> datetime:
    """`value` in UTC. Raises ValidationFailed naming `field` where it is not plausible."""
    if not is_plausible(value):
        raise ValidationFailed(
            [FieldError(field, "must be an instant between the years 2000 and 2100")]
        )
    return value.astimezone(UTC)
