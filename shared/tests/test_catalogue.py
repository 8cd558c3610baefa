"""Rules of the event catalogue; and every event ever published can be decoded."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.events import (
    BY_TYPE,
    CATALOGUE,
    RENAMED,
    AvailabilityChanged,
    BookingRescheduled,
    BusyCalendarFailed,
    Event,
    MessagesRead,
    PaymentAuthorized,
    PaymentCaptured,
    PayoutSent,
)
from shared.ids import new_id
from shared.services import SERVICES

GOLDEN = Path(__file__).parent / "golden"
# Fields that no consumer reads and the next version drops (decision 0085).
LEAVING = (
    (AvailabilityChanged, "version"),
    (BookingRescheduled, "previous_slot_id"),
    (BusyCalendarFailed, "last_error"),
    (MessagesRead, "read_at"),
    (PaymentAuthorized, "capture_before"),
    (PaymentCaptured, "commission_amount"),
    (PayoutSent, "transfer_id"),
)


def test_every_event_class_is_in_the_catalogue() -> None:
    def leaves(kind: type[Event]) -> set[type[Event]]:
        below = {leaf for child in kind.__subclasses__() for leaf in leaves(child)}
        return below or {kind}

    assert leaves(Event) == set(CATALOGUE)
    assert len(BY_TYPE) == len(CATALOGUE)


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda e: e.TYPE)
def test_names_are_derivable(event: Any) -> None:
    noun_and_verb = re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()
    noun, _, verb = noun_and_verb.rpartition("_")
    assert event.TYPE == f"{noun}.{verb}.v1" or event in RENAMED
    assert event.__doc__
    assert event.__doc__.strip().endswith(".")
    assert event.AGGREGATE_ID in {field.name for field in msgspec.structs.fields(event)}
    assert event.PRODUCER in SERVICES
    assert set(event.CONSUMERS) <= set(SERVICES) - {event.PRODUCER}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reacts_to_exactly_what_the_catalogue_sends_it(service: Any) -> None:
    reactions = importlib.import_module(f"services.{service}.app").REACTIONS
    assert {kind for kind, _ in reactions} == {
        event for event in CATALOGUE if service in event.CONSUMERS
    }
    for kind, reaction in reactions:
        assert reaction.__name__ == "on_" + re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda e: e.TYPE)
def test_golden_json_decodes_for_ever(event: Any) -> None:
    golden = (GOLDEN / f"{event.TYPE}.json").read_bytes()
    decoded = msgspec.json.decode(golden, type=event)
    assert json.loads(msgspec.json.encode(decoded)).items() >= json.loads(golden).items()


@pytest.mark.parametrize(("event", "field"), LEAVING, ids=str)
def test_field_that_the_next_version_drops_is_not_needed(event: Any, field: str) -> None:
    golden = json.loads((GOLDEN / f"{event.TYPE}.json").read_bytes())
    del golden[field]
    msgspec.json.decode(json.dumps(golden), type=event)


def test_previous_version_decodes_free_time() -> None:
    class Previous(msgspec.Struct):
        version: int

    event = AvailabilityChanged(consultant_id=new_id(), next_available_at=None, free=[])
    assert msgspec.json.decode(msgspec.json.encode(event), type=Previous).version == 0


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda e: e.TYPE)
def test_a_consumer_ignores_fields_that_it_does_not_know(event: Any) -> None:
    golden = json.loads((GOLDEN / f"{event.TYPE}.json").read_bytes())
    msgspec.json.decode(json.dumps({**golden, "of_the_future": {"x": 1}}), type=event)
