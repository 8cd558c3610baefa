"""What holds without Stripe: the life of a payment, its settings, its ledger."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import asyncpg
import pytest

from services.payments.domain import policy
from services.payments.domain.lifecycle import LIFECYCLE, LIVE, TRANSITIONS, Actor, Verb
from services.payments.domain.model import PaymentStatus
from services.payments.reactions import REACTIONS
from services.payments.settings import PaymentsSettings
from services.payments.stripe_api.client import failure_of
from services.payments.tests.actors import Booking, Payments
from shared.events import CATALOGUE
from shared.ids import new_id
from shared.settings import BadSettings, load

GOOD = {
    "DATABASE_URL": "postgresql://payments:x@127.0.0.1/x",
    "AMQP_URL": "amqp://127.0.0.1/",
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_12345678",
}
LIVE_KEYS = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1"}
STAND_IN = {"STRIPE_API_BASE": "http://127.0.0.1:12111"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (LIVE_KEYS | STAND_IN, "live key"),
        (STAND_IN | {"ENVIRONMENT": "production"}, "production"),
        ({"STRIPE_API_BASE": "https://api.stripe.com", "ENVIRONMENT": "production"}, "production"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "same mode"),
    ],
)
def test_settings_that_contradict_each_other_do_not_start(more: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(PaymentsSettings, GOOD | more)
    assert words in str(refused.value)
    assert "_live_1" not in str(refused.value)


@pytest.mark.parametrize(
    "more", [{}, STAND_IN, LIVE_KEYS, LIVE_KEYS | {"ENVIRONMENT": "production"}]
)
def test_settings_that_start(more: dict[str, str]) -> None:
    assert load(PaymentsSettings, GOOD | more).livemode == ("STRIPE_SECRET_KEY" in more)


def test_reactions_are_those_of_the_catalogue() -> None:
    assert {event for event, _ in REACTIONS} == {
        event for event in CATALOGUE if "payments" in event.CONSUMERS
    }


def test_every_status_and_verb() -> None:
    wanted = {(row.source, row.verb, by): row.target for row in TRANSITIONS for by in row.by}
    for status, verb, by in product(PaymentStatus, Verb, Actor):
        assert LIFECYCLE.target(status, verb, by) == wanted.get((status, verb, by))
    assert {row.verb for row in TRANSITIONS} == set(Verb)
    assert {row.target for row in TRANSITIONS} | {PaymentStatus.NONE} == set(PaymentStatus)


def test_only_the_store_writes_a_payments_status() -> None:
    service = Path(__file__).parent.parent
    writers = re.compile(
        r"""update\(payments\)|insert\(payments\)|(?:store|payments)\.(?:update|apply)\([^()]*\bstatus="""
        r"""|(?:update|insert into) payments\.payments\b"""
    )
    found = [
        path.relative_to(service).as_posix()
        for path in service.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        if writers.search(path.read_text())
    ]
    assert found == ["store/payments.py"]


def test_next_step_of_every_state() -> None:
    for status, due, amount, has_intent in product(
        PaymentStatus, (None, "capture", "release"), (0, 5), (True, False)
    ):
        step = policy.next_step(status, due, amount=amount, has_intent=has_intent)
        owed = due == "capture" and amount > 0
        if due is None or status not in LIVE:
            assert step is None
        elif status == "authorizing":
            assert step == (None if owed else "withdraw")
        elif owed:
            assert step == (
                "capture"
                if status == "authorized" and has_intent
                else "charge"
                if status == "failed"
                else "close"
            )
        else:
            assert step == ("release" if has_intent else "close")


def test_renewal_is_due_only_where_the_hold_is_too_short() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert policy.renewal_due(at, None) is None
    assert policy.renewal_due(at, at + timedelta(days=1)) is None
    until = at + timedelta(hours=23)
    assert policy.renewal_due(at, until) == until - policy.RENEW_BEFORE


@pytest.mark.parametrize(
    ("code", "decline", "failure"),
    [
        ("card_declined", "generic_decline", "card_declined"),
        ("card_declined", "insufficient_funds", "insufficient_funds"),
        ("card_declined", "do_not_honor", "card_declined"),
        ("card_declined", "issuer_not_available", "processing_error"),
        ("expired_card", None, "expired_card"),
        ("incorrect_cvc", "incorrect_cvc", "card_declined"),
        ("processing_error", None, "processing_error"),
        ("authentication_required", "authentication_required", "authentication_required"),
        (None, None, "card_declined"),
    ],
)
def test_declines_as_the_contract_names_them(
    code: str | None, decline: str | None, failure: str
) -> None:
    assert failure_of(code, decline) == failure


async def test_ledger_is_append_only_and_balances(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    own = await asyncpg.connect(payments.harness.database.url)
    try:
        assert await own.fetchval("select count(*) from ledger_entries") == 8
        for statement in (
            "update ledger_entries set amount = amount + 1",
            "delete from ledger_entries",
            "truncate ledger_entries",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await own.execute(statement)
        with pytest.raises(asyncpg.CheckViolationError):
            await own.execute(
                "insert into ledger_entries (posting_id, kind, stripe_object, booking_id, "
                "account, amount, currency, at)"
                " select gen_random_uuid(), 'refund', 're_1', $1, 'seeker', 5, 'usd', now()",
                booking.id,
            )
    finally:
        await own.close()


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


async def test_step_planned_by_a_newer_replica_is_executed(
    payments: Payments, booking: Booking
) -> None:
    await booking.deliver(booking.accepted())
    await payments.harness.sql(
        'update operations set request_context = request_context || \'{"tenant": "x"}\''
    )
    await payments.settle()
    assert await booking.status() == "authorized"
