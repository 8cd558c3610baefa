"""Differences between our rows and Stripe: each payment against its intents, each payout against
its transfers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.payments.reconcile.ours import LOOK, Difference, repair_of
from services.payments.stripe_api import Stripe, intents, transfers
from services.payments.stripe_api.intents import Intent
from services.payments.stripe_api.transfers import Transfer
from shared.clock import now
from shared.db import Reader

# What an intent may be, by the status of the payment whose intent it is.
AGREES = {
    "authorized": ("requires_capture",),
    "failed": ("requires_payment_method", "requires_action", "requires_confirmation", "canceled"),
    "captured": ("succeeded",),
    "refunded": ("succeeded",),
    "disputed": ("succeeded",),
    "released": ("canceled",),
}

_PAYMENTS = """
    select p.*, coalesce(o.sent_amount, 0) as sent_amount,
           exists (select 1 from payments.operations as s
                   where s.subject_id = p.booking_id and s.state in ('due', 'running') and s.in_doubt) as busy
    from payments.payments as p left join payments.payouts as o on o.booking_id = p.booking_id
    where p.updated_at > $1
"""


async def differences(reader: Reader, stripe: Stripe, days: int) -> list[Difference]:
    """What differs among the payments that changed, and the intents and transfers that were made,
    in the last `days`.
    """
    since = now() - timedelta(days=days)
    rows = {row["booking_id"]: row for row in await reader.rows(_PAYMENTS, since)}
    made, sent = await asyncio.gather(
        intents.intents_since(stripe, since), transfers.transfers_since(stripe, since)
    )
    found = _strangers([*made, *sent], rows, await _known(reader))
    for booking_id, row in rows.items():
        if not row["busy"]:
            mine = [one for one in made if one.metadata.get("booking_id") == str(booking_id)]
            found += await _of_intents(stripe, row, mine)
            found += _of_transfers(
                row,
                [one for one in sent if one.metadata.get("booking_id") == str(booking_id)],
                since,
            )
    return found


async def _known(reader: Reader) -> set[str]:
    return {
        str(row["booking_id"])
        for row in await reader.rows("select booking_id from payments.payments")
    }


def _strangers(
    made: Sequence[Intent | Transfer], rows: dict[UUID, Any], known: set[str]
) -> list[Difference]:
    found = []
    for one in made:
        booking_id = one.metadata.get("booking_id")
        live = not isinstance(one, Intent) or one.status in ("requires_capture", "succeeded")
        if booking_id is not None and booking_id not in known and live:
            found.append(
                Difference(
                    one.id, f"is at Stripe for booking {booking_id}, which has no payment", LOOK
                )
            )
    return found


async def _of_intents(stripe: Stripe, row: Any, made: list[Intent]) -> list[Difference]:
    booking_id, status = row["booking_id"], row["status"]
    current = next((one for one in made if one.id == row["payment_intent_id"]), None)
    if current is None and row["payment_intent_id"] is not None:
        current = await intents.intent(stripe, row["payment_intent_id"])
    found = [
        Difference(
            str(booking_id),
            f"{one.id} is {one.status} at Stripe beside the payment's own",
            repair_of(booking_id),
        )
        for one in made
        if one.id != row["payment_intent_id"] and one.status in ("requires_capture", "succeeded")
    ]
    if current is None:
        return found
    if status in AGREES and current.status not in AGREES[status]:
        what = f"payment is {status}, its intent {current.id} {current.status} at Stripe"
        found.append(Difference(str(booking_id), what, repair_of(booking_id)))
    if current.status == "succeeded" and current.captured != row["captured_amount"]:
        what = f"payment captured {row['captured_amount']}, Stripe {current.captured}"
        found.append(Difference(str(booking_id), what, repair_of(booking_id)))
    return found


def _of_transfers(row: Any, sent: list[Transfer], since: Any) -> list[Difference]:
    if not sent and row["captured_at"] is not None and row["captured_at"] < since:
        return []  # its transfer is older than what was listed
    net = sum(one.amount - one.amount_reversed for one in sent)
    if net == row["sent_amount"]:
        return []
    what = f"payout sent {row['sent_amount']}, Stripe {net}"
    return [Difference(str(row["booking_id"]), what, repair_of(row["booking_id"]))]
