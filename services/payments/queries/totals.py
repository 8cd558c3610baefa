"""Totals of payments and earnings, by month."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.payments.domain.read_models import MonthlyEarnings, MonthlySpending
from services.payments.queries.division import SPLIT
from shared.db import Reader

_MONTH = "to_char(p.captured_at at time zone 'UTC', 'YYYY-MM')"
_WITHIN = """
    p.captured_at is not null
    and ($2::timestamptz is null or p.captured_at >= $2)
    and ($3::timestamptz is null or p.captured_at < $3)
"""

_SPENDING = f"""
    select {_MONTH} as month, p.currency, count(*) as count,
           sum(p.captured_amount)::bigint as spent, sum(p.refunded_amount)::bigint as refunded
    from payments.payments as p where p.seeker_id = $1 and {_WITHIN}
    group by 1, 2 order by 1, 2
"""  # noqa: S608  # nosec B608 # names of ours; values are bound

_EARNINGS = f"""
    select {_MONTH} as month, s.currency, count(*) as count,
           sum(s.remaining)::bigint as gross, sum(s.remaining - s.earned)::bigint as commission,
           sum(s.net)::bigint as net
    from payments.payments as p {SPLIT}
    where p.consultant_id = $1 and {_WITHIN}
    group by 1, 2 order by 1, 2
"""  # noqa: S608  # nosec B608 # names of ours; values are bound


async def spending_of(
    reader: Reader, user_id: UUID, since: datetime | None, until: datetime | None
) -> list[MonthlySpending]:
    """What the seeker paid per month and currency, between two instants."""
    return [MonthlySpending(**row) for row in await reader.rows(_SPENDING, user_id, since, until)]


async def earnings_of(
    reader: Reader, user_id: UUID, since: datetime | None, until: datetime | None
) -> list[MonthlyEarnings]:
    """What the consultant earned per month and currency, between two instants."""
    return [MonthlyEarnings(**row) for row in await reader.rows(_EARNINGS, user_id, since, until)]
