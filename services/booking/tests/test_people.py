"""The projections of users and prices, whatever the order of the events."""

from typing import Any

from services.booking.tests.conftest import Market
from shared.events import ProfileUpdated, UserDeactivated, UserRegistered, UserUpdated


def person(market: Market, first_name: str) -> dict[str, Any]:
    return {
        "user_id": market.seeker.id,
        "role": "seeker",
        "first_name": first_name,
        "last_name": "Lovelace",
        "email": "ada@example.org",
    }


async def seeker_of(market: Market, booking: dict[str, Any]) -> dict[str, Any]:
    seeker: dict[str, Any] = (await market.read(booking))["seeker"]
    return seeker


async def test_names_come_from_the_token_until_identitys_event_arrives(market: Market) -> None:
    booking = await market.requested()
    assert (await seeker_of(market, booking))["last_name"] == "Byron"
    await market.harness.deliver(UserRegistered(**person(market, "Ada")))
    assert (await seeker_of(market, booking))["last_name"] == "Lovelace"


async def test_token_does_not_overwrite_identitys_names(market: Market) -> None:
    await market.harness.deliver(UserRegistered(**person(market, "Augusta")))
    booking = await market.requested()
    assert booking["seeker"]["first_name"] == "Augusta"


async def test_older_name_that_comes_late_changes_nothing(market: Market) -> None:
    await market.harness.deliver(UserUpdated(**person(market, "Augusta")), sequence=2)
    await market.harness.deliver(UserRegistered(**person(market, "Ada")), sequence=1)
    booking = await market.requested()
    assert booking["seeker"]["first_name"] == "Augusta"


async def test_closed_account_stays_closed(market: Market) -> None:
    slot = await market.slot()
    await market.harness.deliver(UserDeactivated(**person(market, "Ada")), sequence=3)
    await market.harness.deliver(UserUpdated(**person(market, "Augusta")), sequence=2)
    assert (await market.request(slot)).status_code == 403


async def test_older_price_that_comes_late_changes_nothing(market: Market) -> None:
    for sequence, rate in ((2, 20_000), (1, 10_000)):
        event = ProfileUpdated(consultant_id=market.consultant.id, hourly_rate=rate, currency="usd")
        await market.harness.deliver(event, sequence=sequence)
    assert (await market.requested())["amount"] == 20_000
