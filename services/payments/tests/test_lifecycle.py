"""The lifecycle of a payment: every combination of status, verb and actor."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from services.payments.domain.lifecycle import LIFECYCLE, TRANSITIONS, Actor, Verb
from services.payments.domain.model import PaymentStatus
from shared.lifecycle import TransitionRefused

S, V, SYSTEM, OPERATOR = PaymentStatus, Verb, Actor.SYSTEM, Actor.OPERATOR

# Written out a second time, by hand: (verb, from) -> (to, who).
ALLOWED = {
    (V.AUTHORIZE, S.NONE): (S.AUTHORIZING, SYSTEM),
    (V.AUTHORIZE, S.FAILED): (S.AUTHORIZING, SYSTEM),
    (V.HOLD, S.AUTHORIZING): (S.AUTHORIZED, SYSTEM),
    (V.HOLD, S.AUTHORIZED): (S.AUTHORIZED, SYSTEM),
    (V.HOLD, S.FAILED): (S.AUTHORIZED, SYSTEM),
    (V.FAIL, S.AUTHORIZING): (S.FAILED, SYSTEM),
    (V.FAIL, S.AUTHORIZED): (S.FAILED, SYSTEM),
    (V.FAIL, S.FAILED): (S.FAILED, SYSTEM),
    (V.CAPTURE, S.AUTHORIZED): (S.CAPTURED, SYSTEM),
    (V.CAPTURE, S.FAILED): (S.CAPTURED, SYSTEM),
    (V.RELEASE, S.NONE): (S.RELEASED, SYSTEM),
    (V.RELEASE, S.AUTHORIZING): (S.RELEASED, SYSTEM),
    (V.RELEASE, S.AUTHORIZED): (S.RELEASED, SYSTEM),
    (V.RELEASE, S.FAILED): (S.RELEASED, SYSTEM),
    (V.REOPEN, S.RELEASED): (S.FAILED, SYSTEM),
    (V.REFUND, S.CAPTURED): (S.REFUNDED, SYSTEM),
    (V.REFUND, S.DISPUTED): (S.REFUNDED, SYSTEM),
    (V.DISPUTE, S.CAPTURED): (S.DISPUTED, SYSTEM),
    (V.DISPUTE, S.REFUNDED): (S.DISPUTED, SYSTEM),
    (V.RESTORE, S.REFUNDED): (S.CAPTURED, SYSTEM),
    (V.RESTORE, S.DISPUTED): (S.CAPTURED, SYSTEM),
    (V.ADOPT_CAPTURE, S.NONE): (S.CAPTURED, OPERATOR),
    (V.ADOPT_CAPTURE, S.AUTHORIZING): (S.CAPTURED, OPERATOR),
    (V.ADOPT_CAPTURE, S.AUTHORIZED): (S.CAPTURED, OPERATOR),
    (V.ADOPT_CAPTURE, S.FAILED): (S.CAPTURED, OPERATOR),
    (V.ADOPT_CAPTURE, S.RELEASED): (S.CAPTURED, OPERATOR),
}


@pytest.mark.parametrize(("status", "verb", "by"), list(product(PaymentStatus, Verb, Actor)))
def test_every_status_verb_and_actor(status: PaymentStatus, verb: Verb, by: Actor) -> None:
    reached, who = ALLOWED.get((verb, status), (None, None))
    if by is who:
        assert LIFECYCLE.advance(status, verb, by) is reached
    else:
        assert LIFECYCLE.target(status, verb, by) is None
        with pytest.raises(TransitionRefused):
            LIFECYCLE.advance(status, verb, by)


def test_every_status_is_reached_and_no_verb_has_two_ways_from_one() -> None:
    assert {row.target for row in TRANSITIONS} | {S.NONE} == set(PaymentStatus)
    assert len({(row.verb, row.source) for row in TRANSITIONS}) == len(TRANSITIONS)


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
