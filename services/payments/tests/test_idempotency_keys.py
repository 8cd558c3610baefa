"""Idempotency-Key of requests whose answer is secret: stored sealed, and given again."""

from __future__ import annotations

import asyncio

import pytest
from cryptography.fernet import Fernet

from services.payments.commands import cards
from services.payments.commands.idempotency import ABANDONED, IdempotentCall, StoredResponse
from services.payments.tests.actors import Payments
from shared import clock
from shared.problems import Problem, RateLimited, Unauthenticated


async def test_idempotency_key_gives_the_first_setup_again(payments: Payments) -> None:
    seeker, key = payments.harness.user("seeker"), {"idempotency-key": "once"}
    answers = await asyncio.gather(
        *(
            payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
            for _ in range(4)
        )
    )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["setup_intent_id"] for answer in answers}) == 1
    other = await payments.harness.post(
        "/payments/setup-intent", user=seeker, headers={"idempotency-key": "other"}
    )
    assert other.json()["setup_intent_id"] != answers[0].json()["setup_intent_id"]
    bad = await payments.harness.post(
        "/payments/setup-intent", user=seeker, headers={"idempotency-key": "x" * 256}
    )
    assert bad.status_code == 400


async def test_stored_answers_are_sealed(payments: Payments) -> None:
    """They hold secrets with which their bearer can act."""
    headers = {"Idempotency-Key": "sealed"}
    seeker = await payments.seeker(card=None)
    consultant = await payments.consultant(onboarded=False)
    for path, user, secret in (
        ("/payments/setup-intent", seeker, "client_secret"),
        ("/payments/connect-account", consultant, "onboarding_url"),
    ):
        first = (await payments.harness.post(path, user=user, headers=headers)).json()
        (row,) = await payments.harness.sql(
            "select body from idempotency_keys where user_id = $1", user.id
        )
        assert first[secret].encode() not in row["body"]
        again = await payments.harness.post(path, user=user, headers=headers)
        assert again.json() == first


async def test_answer_sealed_with_a_key_that_was_rolled_is_made_again(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Idempotency-Key": "rolled"}
    seeker = await payments.seeker(card=None)
    path = "/payments/setup-intent"
    first = (await payments.harness.post(path, user=seeker, headers=headers)).json()
    with monkeypatch.context() as patch:
        other = Fernet(Fernet.generate_key())
        patch.setattr(payments.state, "cipher", other)
        second = await payments.harness.post(path, user=seeker, headers=headers)
    assert second.status_code == 201
    assert second.json()["setup_intent_id"] != first["setup_intent_id"]


async def test_claim_that_was_given_up_takes_no_other_with_it(payments: Payments) -> None:
    """Two requests find the claim of one whose process died: the second to give it up must leave
    the claim that the first has made since.
    """
    user = await payments.seeker(card=None)
    state, at = payments.state, clock.now()

    def slot() -> IdempotentCall:
        return IdempotentCall(payments.harness.database, state.cipher, user.id, "key")

    dead, first, late = slot(), slot(), slot()
    assert await dead.claim_key(b"body") is None
    with clock.shifted(ABANDONED * 2):
        assert await first.claim_key(b"body") is None
        for other in (
            late._release_key(at),
            dead._release_own_key(),
            dead._store_response(StoredResponse(201, b"late")),
        ):
            await other
        rows = await payments.harness.sql("select created_at, status from idempotency_keys")
    assert [(row["created_at"] > at, row["status"]) for row in rows] == [(True, None)]


async def test_stripe_away_is_a_503_that_leaves_the_key_free(payments: Payments) -> None:
    seeker, key = payments.harness.user("seeker"), {"idempotency-key": "again"}
    await payments.stripe.fail_next("/v1/setup_intents", "500", 3)
    answer = await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (503, "stripe_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (
        await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
    ).status_code == 201


@pytest.mark.parametrize(
    "refusal", [RateLimited("calls", quota=1, seconds=1), Unauthenticated()], ids=type
)
async def test_refusal_that_passes_leaves_the_key_free(
    payments: Payments, monkeypatch: pytest.MonkeyPatch, refusal: Problem
) -> None:
    async def refuse(*_: object) -> None:
        raise refusal

    seeker, key = payments.harness.user("seeker"), {"idempotency-key": "again"}
    with monkeypatch.context() as patch:
        patch.setattr(cards, "start_setup", refuse)
        answer = await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
        assert answer.status_code == refusal.status
    again = await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
    assert again.status_code == 201
