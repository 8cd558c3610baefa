"""The web app has a text for every entry of a booking's timeline."""

from __future__ import annotations

import pytest

from services.booking.store.bookings import event_name
from shared import events as e
from tests.stack import ROOT

LABELS = (ROOT / "web/src/features/booking/labels.ts").read_text()
# About a booking, but shown elsewhere: in its messages, in the notification list, or as a negative
# PaymentRefunded.
ELSEWHERE = (e.MessagePosted, e.MessagesRead, e.BusyCalendarConflicted, e.RefundReturned)
LABELLED = [
    event
    for event in e.CATALOGUE
    if "booking_id" in event.__struct_fields__ and event not in ELSEWHERE
]


@pytest.mark.parametrize("event", LABELLED, ids=lambda event: event.__name__)
def test_the_timeline_words_every_event_of_a_booking(event: type[e.Event]) -> None:
    assert f'"{event_name(event)}": msg(' in LABELS
