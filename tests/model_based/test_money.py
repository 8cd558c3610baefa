"""Random sequences of events and faults: the money is correct to the cent after each of them.

`make test` runs a few short examples, always the same ones. MODEL_BASED=long (as in `make
test-faults`) runs more and longer ones, with timeouts and with SIGKILL to payments and booking, on
a separate stack: MODEL_BASED_EXAMPLES sets their number, MODEL_BASED_SEED selects them; the seed is
printed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model_based.failure_rules import TROUBLE
from tests.model_based.machine import MoneyMachine
from tests.model_based.stack_driver import StackDriver
from tests.stack import Stack

LONG = os.environ.get("MODEL_BASED") == "long"
EXAMPLES = int(os.environ.get("MODEL_BASED_EXAMPLES", "30" if LONG else "5"))
STEPS = 30 if LONG else 12
PATIENCE = 150 if LONG else 45  # seconds until everything in progress must have finished


@pytest.fixture(scope="module")
def harness(request: pytest.FixtureRequest, run_directory: Path) -> Iterator[Stack]:
    """The stack of the journeys; a separate one if processes are killed."""
    if not LONG or "TEST_STACK" in os.environ:
        yield request.getfixturevalue("stack")
        return
    running = Stack(run_directory / "model-based")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.mark.timeout(7200 if LONG else 300)
def test_the_money_is_right_whatever_happens(harness: Stack) -> None:
    number = int(os.environ.get("MODEL_BASED_SEED") or (random.randrange(2**32) if LONG else 0))
    print(f"MODEL_BASED_SEED={number}")
    driver = StackDriver(harness, PATIENCE)

    @seed(number)
    class Machine(MoneyMachine):
        trouble = (*TROUBLE, "timeout_before", "timeout_after") if LONG else TROUBLE
        victims = ("payments", "booking") if LONG else ()

    Machine.driver, Machine.ended = driver, []
    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                # Real processes are not deterministic: the same steps need not fail twice, so a
                # failure is reported as it happened, and not shrunk.
                phases=(Phase.generate,),
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
        # A debt that the card does not pay is a difference that an operator must see: the machine
        # expects those.
        found = driver.differences([booking.id for booking in Machine.ended])
        assert [one for one in found if "payment still failed" not in one] == []
    finally:
        driver.stripe("POST", "/_sandbox/webhooks", duplicate=0, shuffle=False, pause=False)
        driver.close()
