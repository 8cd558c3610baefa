"""The logs of users registering, paying, meeting and making errors: JSON, with request and trace
ids, and, like the metrics, without personal data.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from shared.services import SERVICES
from shared.testing import eventually
from tests.people import confirmed, longer_than_the_free_period

_DAY = timedelta(days=1)
PROGRAMS = (*SERVICES, "gateway")


def written(stack: Any) -> dict[str, str]:
    """Each program's log so far."""
    logs = {path.stem: path.read_text() for path in (stack.data_dir / "log").glob("*.log")}
    assert set(PROGRAMS) <= set(logs)
    return {name: logs[name] for name in PROGRAMS}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


async def metrics(world: Any, stack: Any) -> list[tuple[str, str]]:
    """What each service reports to Prometheus."""
    return [
        (name, (await world.http.get(f"{url}/metrics")).raise_for_status().text)
        for name, url in stack.published["services"].items()
    ]


async def test_logs_and_metrics_tell_nothing_about_people_and_nothing_secret(
    world: Any, stack: Any
) -> None:
    password, name, place = (
        f"pass {secrets.token_hex(8)} word",
        secrets.token_hex(8),
        secrets.token_hex(8),
    )
    who = {"first_name": f"F{name}", "last_name": f"L{name}", "password": password}
    consultant = await world.person("consultant", email=f"c{place}@example.org", **who)
    seeker = await world.person("seeker", email=f"s{place}@example.org", **who)
    await consultant.publish_profile(12_000, bio=f"Bio {name}")
    await consultant.onboard()
    await seeker.save_card("pm_card_visa")
    booking = await confirmed(seeker, consultant)
    await seeker.start(booking["id"])
    await longer_than_the_free_period(seeker, booking["id"])
    await seeker.end(booking["id"])
    await seeker.sees(booking["id"], payment_status="captured")
    await seeker.rate(booking["id"], 4, f"Comment {name}")
    intent = await seeker.post("/payments/setup-intent")
    method = await seeker.get("/payments/payment-method")
    renewed = await world.http.post("/users/refresh", json={"refresh_token": seeker.refresh_token})

    # Errors are where logs tend to contain too much.
    login = {"email": f"s{place}@example.org", "password": f"wrong {name}"}
    assert (await world.http.post("/users/login", json=login)).status_code == 401
    taken = {"email": f"S{place}@example.org", "role": "seeker", **who}
    assert (await world.http.post("/users/register", json=taken)).status_code == 409
    assert (
        await world.http.post("/users/register", json={"password": password, name: name})
    ).status_code == 400
    successor = {"refresh_token": renewed.json()["refresh_token"]}
    assert (await world.http.post("/users/refresh", json=successor)).status_code == 200
    reused = await world.http.post("/users/refresh", json={"refresh_token": seeker.refresh_token})
    assert reused.status_code == 401
    declined = await world.seeker("pm_card_chargeCustomerFail")
    refused = await declined.request(consultant, (await consultant.offer(starts_in=_DAY))[0])
    await consultant.accept(refused["id"])
    await declined.sees(refused["id"], status="payment_failed")

    secret = {
        "password": password,
        "wrong password": f"wrong {name}",
        "name": name,
        "e-mail": place,
        "access token": seeker.token.split(".")[2],
        "new access token": renewed.json()["access_token"].split(".")[2],
        "refresh token": seeker.refresh_token,
        "client secret": intent["client_secret"],
        "publishable key": intent["publishable_key"],
        "stripe key": stack.published["stripe_secret_key"],
        "webhook secret": stack.published["stripe_webhook_secret"],
        "database password": stack.published["database"].rpartition("@")[0].rpartition(":")[2],
        "card": f'"{method["last4"]}"',
    }
    for program, text in [*written(stack).items(), *await metrics(world, stack)]:
        for what, value in secret.items():
            assert value not in text, f"the {what} is in what {program} wrote"


async def test_a_request_is_followed_through_all_logs_by_its_id_and_trace(
    world: Any, stack: Any
) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await seeker.request(consultant, (await consultant.offer())[0])
    request_id, trace_id = f"followed-{secrets.token_hex(6)}", secrets.token_hex(16)
    await consultant.call(
        "POST",
        f"/bookings/{booking['id']}/accept",
        headers={
            "x-request-id": request_id,
            "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01",
        },
    )
    await seeker.sees(booking["id"], status="confirmed")

    async def followed() -> bool:
        logs = written(stack)
        asked = [one for one in lines(logs["booking"]) if one.get("request_id") == request_id]
        handled = [one for one in lines(logs["payments"]) if one.get("request_id") == request_id]
        return (
            {one["event"] for one in asked} >= {"request", "event"}
            and any(one.get("event_type") == "booking.accepted.v1" for one in handled)
            and {one["trace_id"] for one in asked + handled} == {trace_id}
        )

    await eventually(followed)


async def test_every_line_of_a_program_is_json(world: Any, stack: Any) -> None:
    await world.person("seeker")
    for program, text in written(stack).items():
        for line in text.splitlines():
            entry = json.loads(line)
            assert {"event", "level", "timestamp"} <= set(entry), f"{program}: {line}"
