"""The card of a step that needs one: the card saved when the step was claimed, and no other with
the same key.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.payments.domain.operations import ON_A_CARD, Operation
from services.payments.store import claims
from services.payments.store.cards import removed_ids
from services.payments.stripe_api import Refused, Stripe, Uncertain, cards
from shared.db import Database


async def with_card(database: Database, stripe: Stripe, operation: Operation) -> Operation:
    """Adds the card to a step that needs one and was claimed without: it may be at Stripe already
    although its event has not arrived. Raises Refused if there is none.
    """
    params = operation.params
    if operation.kind not in ON_A_CARD or "payment_method" in params:
        return operation
    saved = await cards.cards_of(stripe, params["customer"]) if "customer" in params else []
    removed = await _removed(database, operation)
    usable = [card for card in saved if card.id not in removed]
    if not usable:
        raise Refused("no_payment_method", "no saved card")
    params = {**params, "payment_method": usable[0].id}
    async with database.transaction() as db:
        # If another worker has taken the step over, nothing is kept. Sending goes on regardless:
        # Stripe refuses one key with two cards, and this worker's outcome is not recorded.
        await claims.keep_params(db, operation, params)
    return msgspec.structs.replace(operation, params=params)


async def detach_removed(database: Database, stripe: Stripe, operation: Operation) -> bool:
    """Detaches the card of a step that was sent before with a card that its seeker has removed or
    replaced since. Sent again after that, the step gets its first answer or that the card is gone,
    and never charges the card. Returns whether it is such a step.
    """
    card = operation.params.get("payment_method")
    if operation.kind not in ON_A_CARD or operation.tries == 1 or card is None:
        return False
    if card not in await _removed(database, operation):
        return False
    try:
        await cards.detach_card(stripe, card, key=f"{operation.idempotency_key}:detach")
    except Refused as why:
        raise Uncertain(f"the removed card cannot be detached: {why}") from why
    return True


async def _removed(database: Database, operation: Operation) -> set[str]:
    return await removed_ids(database.reader, UUID(operation.params["seeker_id"]))
