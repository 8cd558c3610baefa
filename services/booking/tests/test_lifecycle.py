"""A booking's lifecycle: every combination of status, verb and actor."""

import inspect
import re
import subprocess
import sys
from itertools import product

import pytest

from services.booking.domain import lifecycle
from services.booking.domain.lifecycle import LIFECYCLE, PAST_TENSE, TRANSITIONS, Verb
from services.booking.domain.model import LIVE, Actor, PaymentFailure, PaymentStatus, Status
from services.booking.tests.conftest import Market
from shared.lifecycle import TransitionRefused

S, V, CONSULTANT, SEEKER, SYSTEM = Status, Verb, Actor.CONSULTANT, Actor.SEEKER, Actor.SYSTEM

# Written out a second time, by hand, from the contract: (verb, from) -> (to, who).
ALLOWED = {
    (V.ACCEPT, S.REQUESTED): (S.ACCEPTED, {CONSULTANT}),
    (V.DECLINE, S.REQUESTED): (S.DECLINED, {CONSULTANT}),
    (V.EXPIRE, S.REQUESTED): (S.EXPIRED, {SYSTEM}),
    (V.CONFIRM, S.ACCEPTED): (S.CONFIRMED, {SYSTEM}),
    (V.CONFIRM, S.PAYMENT_FAILED): (S.CONFIRMED, {SYSTEM}),
    (V.FAIL_PAYMENT, S.ACCEPTED): (S.PAYMENT_FAILED, {SYSTEM}),
    (V.FAIL_PAYMENT, S.CONFIRMED): (S.PAYMENT_FAILED, {SYSTEM}),
    (V.RETRY_PAYMENT, S.PAYMENT_FAILED): (S.ACCEPTED, {SEEKER}),
    (V.LAPSE, S.PAYMENT_FAILED): (S.CANCELLED, {SYSTEM}),
    (V.LAPSE, S.ACCEPTED): (S.CANCELLED, {SYSTEM}),
    (V.CANCEL, S.REQUESTED): (S.CANCELLED, {SEEKER, CONSULTANT}),
    (V.CANCEL, S.ACCEPTED): (S.CANCELLED, {SEEKER, CONSULTANT}),
    (V.CANCEL, S.PAYMENT_FAILED): (S.CANCELLED, {SEEKER, CONSULTANT}),
    (V.CANCEL, S.CONFIRMED): (S.CANCELLED, {SEEKER, CONSULTANT}),
    (V.START, S.CONFIRMED): (S.IN_PROGRESS, {SEEKER, CONSULTANT}),
    (V.END, S.IN_PROGRESS): (S.COMPLETED, {SEEKER, CONSULTANT, SYSTEM}),
    (V.MISS, S.CONFIRMED): (S.NO_SHOW, {SYSTEM}),
    (V.MISS, S.IN_PROGRESS): (S.NO_SHOW, {SYSTEM}),
}


@pytest.mark.parametrize(("status", "verb", "by"), list(product(Status, Verb, Actor)))
def test_every_status_verb_and_actor(status: Status, verb: Verb, by: Actor) -> None:
    reached, who = ALLOWED.get((verb, status), (None, set()))
    if by in who:
        assert LIFECYCLE.advance(status, verb, by) is reached
    else:
        assert LIFECYCLE.target(status, verb, by) is None
        with pytest.raises(TransitionRefused) as refused:
            LIFECYCLE.advance(status, verb, by)
        assert (refused.value.status, refused.value.verb) == (status, verb)


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_has_a_past_tense_for_its_refusals(verb: Verb) -> None:
    assert PAST_TENSE[verb]


def test_no_verb_has_two_ways_from_one_status() -> None:
    assert len({(t.verb, t.source) for t in TRANSITIONS}) == len(TRANSITIONS)


def test_what_is_live_can_move_and_what_is_not_cannot() -> None:
    assert {t.source for t in TRANSITIONS} == LIVE


def test_the_clock_or_payments_can_end_every_live_status() -> None:
    """No booking stays live for ever: from each live status the system alone leads to one that is
    not.
    """
    by_system = {
        status: {t.target for t in TRANSITIONS if t.source is status and SYSTEM in t.by}
        for status in LIVE
    }
    for status in LIVE:
        reached, frontier = set(), {status}
        while frontier:
            reached |= frontier
            frontier = {target for s in frontier for target in by_system.get(s, ())} - reached
        assert reached - LIVE, f"{status} can stay for ever"


def test_each_row_of_the_transitions_says_what_it_means() -> None:
    source = inspect.getsource(lifecycle)
    rows = re.findall(
        r"\n( *#[^\n]*)?\n? *Transition\(Verb", source[source.index("TRANSITIONS:") :]
    )
    assert len(rows) == len(TRANSITIONS)
    assert all(rows), "a transition without a comment"


def test_the_module_draws_itself() -> None:
    drawn = subprocess.run(
        [sys.executable, "-m", "services.booking.domain.lifecycle"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert drawn.startswith("stateDiagram-v2\n    [*] --> requested")
    assert "    confirmed --> in_progress: start (seeker or consultant)\n" in drawn
    assert drawn.count("-->") == 1 + len(TRANSITIONS) + len(set(Status) - LIVE)


async def test_the_table_knows_the_same_statuses(market: Market) -> None:
    rows = await market.harness.sql(
        "select conname, pg_get_constraintdef(oid) as text from pg_constraint"
        " where conrelid = 'bookings'::regclass"
    )
    words = {row["conname"]: set(re.findall(r"'(\w+)'::text", row["text"])) for row in rows}
    assert words["ck_bookings_status"] == set(Status)
    assert words["ck_bookings_payment_status"] == set(PaymentStatus)
    assert words["ck_bookings_payment_failure"] == set(PaymentFailure)
    assert words["consultant_is_free"] == words["seeker_is_free"] == LIVE
