"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that primary keys increase over time and B-trees
stay compact.
"""

import os
import time
import uuid

# Below and above every id in use: where a list in order of ids begins.
FIRST_ID = uuid.UUID(int=0)
LAST_ID = uuid.UUID(int=2**128 - 1)

_last = 0


def new_id() -> uuid.UUID:
    """A new UUIDv7: Unix milliseconds, 12 bits of their fraction (RFC 9562 §6.2, method 3), 62
    random bits. Unique without coordination. Ids from one process are strictly increasing, so the
    later of two events has the greater id.
    """
    global _last
    # 4096ths of a millisecond. If the clock has not advanced or was set back, one more than the
    # last.
    _last = stamp = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
    return _id_at(stamp)


def new_id_after(other: uuid.UUID | None) -> uuid.UUID:
    """A new id that is greater than `other`, even if that is from a host whose clock is ahead. For
    lists in order of ids whose writers follow each other, as under a row lock.
    """
    found = new_id()
    if other is None or found > other:
        return found
    return _id_at((other.int >> 80 << 12 | other.int >> 64 & 0xFFF) + 1)


def id_as_old_as(other: uuid.UUID) -> uuid.UUID:
    """A new id with the time of another, so that what follows from an event sorts like the event,
    however late it was received.
    """
    return uuid.UUID(int=other.int >> 64 << 64 | _low_half())


def _id_at(stamp: int) -> uuid.UUID:
    """An id of that time, in 4096ths of a millisecond."""
    return uuid.UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | _low_half())


def _low_half() -> int:
    """The variant, and 62 random bits."""
    return 0x2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2


def id_from(text: object) -> uuid.UUID | None:
    """The id with the canonical text form `text`; None for anything else."""
    try:
        found = uuid.UUID(str(text))
    except ValueError:
        return None
    return found if str(found) == text else None
