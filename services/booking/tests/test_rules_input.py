"""Validation of weekly rules, field by field; their time zones."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from services.booking.domain.policy import MAX_SLOT_LENGTH
from services.booking.settings import BookingSettings
from services.booking.store.time_zones import current_name
from services.booking.tests.conftest import Market
from services.booking.tests.test_offered import extend, hours
from services.booking.tests.test_weekly_rules import PATH, body, put
from shared.settings import BadSettings, load
from shared.text import time_zones


@pytest.mark.parametrize("zone", ["Asia/Calcutta", "Pacific/Apia", "Australia/Lord_Howe"])
async def test_aliases_and_odd_zones_work(market: Market, zone: str) -> None:
    given = await put(market, body(("00:00", "24:00"), time_zone=zone))
    assert given["time_zone"] == zone
    assert given["slots"] > 100


async def test_database_knows_every_zone_that_is_accepted(market: Market) -> None:
    rows = await market.harness.sql("select name from pg_timezone_names")
    wanted = {current_name(zone) for zone in time_zones()}
    assert wanted - {row["name"] for row in rows} == set()


async def test_former_name_works_where_the_database_has_only_the_current_one(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Debian 13 without its package of former names."""
    without = "select exists (select from pg_timezone_names where name = :zone and name <> '{}')"
    former = text(without.format("Asia/Calcutta"))
    monkeypatch.setattr("services.booking.store.rules._KNOWS_ZONE", former)
    given = await put(market, body(("00:00", "24:00"), time_zone="Asia/Calcutta", daily_limit=1))
    assert given["time_zone"] == "Asia/Calcutta"
    # what the database computes days with
    rows = await market.harness.sql("select time_zone from availability_rules")
    assert [row["time_zone"] for row in rows] == ["Asia/Kolkata"]


def test_current_name_is_a_zone_of_its_own() -> None:
    current = {zone: current_name(zone) for zone in time_zones()}
    assert current["Asia/Calcutta"] == current["Asia/Kolkata"] == "Asia/Kolkata"
    assert current["Europe/Berlin"] == "Europe/Berlin"
    assert set(current.values()) <= time_zones()
    assert all(current[name] == name for name in current.values())


async def test_zone_that_is_newer_than_the_database_is_400(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or every list of the consultant's free time would fail where the database tells its days."""
    monkeypatch.setattr("shared.text.time_zones", lambda: {"Europe/Atlantis"})
    rules = body(("09:00", "10:00"), time_zone="Europe/Atlantis")
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "time_zone")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time_zone": "localtime"}, "time_zone"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"slot_minutes": 14}, "slot_minutes"),
        ({"slot_minutes": 481}, "slot_minutes"),
        ({"buffer_minutes": 241}, "buffer_minutes"),
        ({"minimum_notice_minutes": 43_201}, "minimum_notice_minutes"),
        ({"horizon_days": 366}, "horizon_days"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"daily_limit": 0}, "daily_limit"),
        ({"weekly": [{"weekday": 0, "start": "09:00", "end": "10:00"}]}, "weekly[0].weekday"),
        ({"weekly": [{"weekday": 1, "start": "24:00", "end": "24:00"}]}, "weekly[0].start"),
        ({"weekly": [{"weekday": 1, "start": "9:00", "end": "10:00"}]}, "weekly[0].start"),
        ({"weekly": [{"weekday": 1, "start": "10:00", "end": "10:00"}]}, "weekly[0].end"),
        ({"weekly": [{"weekday": 1, "start": "10:00", "end": "09:00"}]}, "weekly[0].end"),
        ({"weekly": [{"weekday": 1, "start": "10:00", "end": "24:01"}]}, "weekly[0].end"),
        (
            {
                "weekly": [
                    {"weekday": 1, "start": "09:00", "end": "12:00"},
                    {"weekday": 1, "start": "11:59", "end": "13:00"},
                ]
            },
            "weekly[1].start",
        ),
        ({"exceptions": [{"date": "2027-02-30", "closed": True}]}, "exceptions[0].date"),
        ({"exceptions": [{"date": "2027-02-03"}]}, "exceptions[0].start"),
        (
            {"exceptions": [{"date": "2027-02-03", "closed": True, "start": "09:00"}]},
            "exceptions[0].start",
        ),
        (
            {"exceptions": [{"date": "2027-02-03", "start": "10:00", "end": "09:00"}]},
            "exceptions[0].end",
        ),
        ({"exceptions": [{"date": "2027-02-03", "closed": True}] * 401}, "exceptions"),
        ({"exceptions": [{"date": "2027-02-03", "closed": True}] * 10_000}, "exceptions"),
        ({"weekly": [{"weekday": 1, "start": "00:00", "end": "24:00"}] * 51}, "weekly"),
    ],
)
async def test_bad_rules_are_400_at_their_field(
    market: Market, change: dict[str, Any], field: str
) -> None:
    rules = body(("09:00", "10:00"), **change)
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert (await market.harness.get(PATH, user=market.consultant)).status_code == 404


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        ({"closed": "yes"}, {"closed"}),
        ({"closed": "yes", "start": "12:00", "end": "09:00"}, {"closed", "end"}),
        ({"start": "9", "end": "12:00"}, {"start"}),
        ({"closed": True, "start": "9"}, {"start"}),
    ],
)
async def test_exception_is_blamed_only_for_what_is_wrong(
    market: Market, entry: dict[str, Any], fields: set[str]
) -> None:
    rules = body(("09:00", "10:00"), exceptions=[{"date": "2027-02-03", **entry}])
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert answer.status_code == 400
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {f"exceptions[0].{field}" for field in fields}


async def test_all_windows_that_overlap_a_long_one_are_named(market: Market) -> None:
    times = [("09:00", "12:00"), ("09:30", "10:00"), ("11:00", "11:30"), ("12:00", "13:00")]
    weekly = [{"weekday": 1, "start": start, "end": end} for start, end in times]
    on = [{"date": "2027-02-03", "start": start, "end": end} for start, end in times]
    rules = body(weekly=weekly, exceptions=on)
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert answer.status_code == 400
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == {
        f"{entries}[{index}].start": f"This overlaps {entries}[0]."
        for entries in ("weekly", "exceptions")
        for index in (1, 2)
    }


@pytest.mark.parametrize(("seconds", "least"), [("3600", 60), ("1801", 31), ("28800", 480)])
async def test_slots_below_the_minimum_are_refused(
    open_market: Any, seconds: str, least: int
) -> None:
    market = await open_market(minimum_slot_seconds=seconds)
    rules = body(("09:00", "23:00"), slot_minutes=least - 1)
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "field": "slot_minutes",
            "message": f"Must be at least {least}.",
            "code": "too_small",
            "params": {"min": least},
        }
    ]
    accepted = await market.harness.put(
        PATH, user=market.consultant, json={**rules, "slot_minutes": least}
    )
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["warnings"] == []


async def test_slots_below_the_minimum_are_named_beside_other_errors(open_market: Any) -> None:
    market = await open_market(minimum_slot_seconds="3600")
    rules = {**body(("09:00", "23:00"), slot_minutes=59), "time_zone": "Mars/Olympus"}
    answer = await market.harness.put(PATH, user=market.consultant, json=rules)
    assert answer.status_code == 400
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["time_zone", "slot_minutes"]


def test_minimum_beyond_the_longest_slot_keeps_booking_from_starting() -> None:
    environment = {"DATABASE_URL": "postgresql://b:c@d/e", "AMQP_URL": "amqp://f:g@h/"}
    longest = load(BookingSettings, {**environment, "MINIMUM_SLOT_SECONDS": "28800"})
    assert longest.shortest_slot == MAX_SLOT_LENGTH
    with pytest.raises(BadSettings, match="MINIMUM_SLOT_SECONDS"):
        load(BookingSettings, {**environment, "MINIMUM_SLOT_SECONDS": "28801"})


async def test_newer_time_zone_database_makes_the_slots_anew(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(market, body(("09:00", "12:00")))
    assert await market.run_job("extend-rules") is False
    await market.harness.sql("delete from availability_slots")  # as if they lay elsewhere
    monkeypatch.setattr("services.booking.store.rules.TZDATA", "2001a")  # an older one
    await extend(market)
    assert await hours(market) == []
    monkeypatch.setattr("services.booking.store.rules.TZDATA", "2999z")
    await extend(market)
    assert await hours(market) == [9, 10, 11]


async def test_health_names_the_time_zone_database(market: Market) -> None:
    answer = await market.harness.get("/health/ready")
    assert answer.json()["versions"]["tzdata"][:2] == "20"
