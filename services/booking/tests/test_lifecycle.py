"""The life of a booking: pure, and walked whole."""

import ast
import inspect
import re
import subprocess
import sys
from itertools import product
from typing import get_args

import pytest

from services.booking import lifecycle
from services.booking.errors import InvalidTransition
from services.booking.lifecycle import LIVE, TRANSITIONS, Actor, Status, Verb, advance, target
from services.booking.records import PaymentFailure, PaymentStatus
from services.booking.tests.conftest import Market

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
}


@pytest.mark.parametrize(("status", "verb", "by"), list(product(Status, Verb, Actor)))
def test_every_status_verb_and_actor(status: Status, verb: Verb, by: Actor) -> None:
    reached, who = ALLOWED.get((verb, status), (None, set()))
    if by in who:
        assert advance(status, verb, by) is reached
    else:
        assert target(status, verb, by) is None
        with pytest.raises(InvalidTransition) as refused:
            advance(status, verb, by)
        assert refused.value.code == "invalid_transition"
        assert status in refused.value.detail


def test_no_verb_has_two_ways_from_one_status() -> None:
    assert len({(t.verb, t.source) for t in TRANSITIONS}) == len(TRANSITIONS)


def test_what_is_live_can_move_and_what_is_not_cannot() -> None:
    assert {t.source for t in TRANSITIONS} == LIVE


def test_the_clock_or_payments_can_end_every_live_status() -> None:
    """No booking stays for ever: from each live status the system alone leads to one that is
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


def test_lifecycle_imports_nothing_but_the_standard_library_and_errors() -> None:
    tree = ast.parse(inspect.getsource(lifecycle))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    foreign = [m for m in modules if m.split(".")[0] not in sys.stdlib_module_names]
    assert foreign == ["services.booking.errors"]


def test_the_module_draws_itself() -> None:
    drawn = subprocess.run(
        [sys.executable, "-m", "services.booking.lifecycle"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert drawn.startswith("stateDiagram-v2\n    [*] --> requested")
    assert "    confirmed --> in_progress: start (seeker or consultant)\n" in drawn
    assert drawn.count("-->") == 1 + len(TRANSITIONS) + len(set(Status) - LIVE)


async def test_the_table_knows_the_same_statuses(market: Market) -> None:
    rows = await market.harness.sql(
        "select conname, pg_get_constraintdef(oid) as text from pg_constraint where conrelid = 'bookings'::regclass"
    )
    words = {row["conname"]: set(re.findall(r"'(\w+)'::text", row["text"])) for row in rows}
    assert words["ck_bookings_status"] == set(Status)
    assert words["ck_bookings_payment_status"] == set(get_args(PaymentStatus))
    assert words["ck_bookings_payment_failure"] == set(get_args(PaymentFailure))
    assert words["consultant_is_free"] == words["seeker_is_free"] == LIVE
