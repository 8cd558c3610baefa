"""Checks a payment that did not agree with the lists once more individually: it may have changed
since, or its intent may be older than the listed period.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.payments.reconcile import comparison
from services.payments.reconcile.own_tables import Difference
from services.payments.reconcile.queries.payments import compared_payment
from services.payments.stripe_api import Refused, Stripe, intents, transfers
from services.payments.stripe_api.intents import Intent
from shared.db import Reader


async def differences(
    reader: Reader, stripe: Stripe, booking_id: UUID, listed: Sequence[Intent]
) -> list[Difference]:
    """The current differences between the payment and Stripe; `listed` are intents known to be its
    own. None while a step is in progress, because it may change the row between the two reads.
    """
    before = await compared_payment(reader, booking_id)
    if before is None or before.busy:
        return []
    made = await _intents(stripe, before.payment_intent_id, listed)
    sent = await transfers.transfers_of(stripe, str(booking_id))
    if await compared_payment(reader, booking_id) != before:
        return []
    return comparison.differences(before, made, sent)


async def _intents(stripe: Stripe, own_id: str | None, listed: Sequence[Intent]) -> list[Intent]:
    ids = {one.id for one in listed}
    if own_id is not None:
        ids.add(own_id)
    found = []
    for intent_id in sorted(ids):
        try:
            found.append(await intents.intent(stripe, intent_id))
        except Refused as refused:
            if refused.code != "resource_missing":
                raise
    return found
