"""Steps carry what caused them, whoever has planned them; reactions are those of the catalogue."""

from __future__ import annotations

import pytest

from services.payments.domain.operations import StepKind
from services.payments.reactions import REACTIONS
from services.payments.store import claims
from services.payments.store.handover import handover
from services.payments.tests.actors import Booking, Payments
from shared.events import CATALOGUE
from shared.ids import new_id


def test_reactions_are_those_of_the_catalogue() -> None:
    assert {event for event, _ in REACTIONS} == {
        event for event in CATALOGUE if "payments" in event.CONSUMERS
    }


async def test_what_a_step_publishes_is_caused_by_the_event_that_planned_it(
    payments: Payments, booking: Booking
) -> None:
    accepted = new_id()
    await payments.harness.deliver(booking.accepted(), accepted)
    await payments.settle()
    rows = await payments.harness.sql(
        "select causation_id from outbox where type = 'payment.authorized.v1'"
    )
    assert [row["causation_id"] for row in rows] == [str(accepted)]


async def test_step_that_is_planned_wakes_the_job_that_claims_it(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "worker", None)
    job = payments.harness.job("operations")
    job._wake.clear()
    await booking.deliver(booking.accepted())
    assert job._wake.is_set()


async def test_step_planned_by_a_newer_replica_is_executed(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "worker", None)
    await booking.deliver(booking.accepted())
    await payments.harness.sql(
        "update operations set request_context = request_context || '{\"tenant\": 1}'"
    )
    await payments.settle()
    assert await booking.status() == "authorized"


async def test_kind_of_a_newer_replica_is_left_to_it_and_holds_up_no_other(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "KNOWN_KINDS", [StepKind.AUTHORIZE])
    monkeypatch.setattr(handover, "worker", None)
    await booking.deliver(booking.accepted())
    await payments.harness.sql("update operations set kind = 'settle'")
    other = Booking(payments, booking.seeker, booking.consultant)
    await other.deliver(other.accepted())
    await payments.settle()
    assert await other.status() == "authorized"
    (step,) = await payments.harness.sql(
        "select state, tries, in_doubt from operations where kind = 'settle'"
    )
    assert tuple(step) == ("due", 0, False)
