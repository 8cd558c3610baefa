"""What the two parties see, and who may ask for what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.payments.tests.actors import Booking, Payments
from shared import clock
from shared.ids import new_id


async def test_history_and_payouts_show_what_was_charged_and_what_is_kept(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    path = "/payments/history"
    (held,) = (await payments.harness.get(path, user=booking.seeker)).json()["items"]
    assert (held["status"], held["amount"], held["charged"]) == ("authorized", 10_000, 0)
    await booking.deliver(booking.cancelled(fee=5_000))
    await payments.settle()
    (item,) = (await payments.harness.get(path, user=booking.seeker)).json()["items"]
    row = await payments.payment(booking.id)
    assert item == {
        "id": str(row["id"]),
        "booking_id": str(booking.id),
        "consultant": {
            "id": str(booking.consultant.id),
            "first_name": "Cora",
            "last_name": "Consultant",
        },
        "session_date": item["session_date"],
        "amount": 5_000,
        "amount_refunded": 0,
        "charged": 5_000,
        "currency": "usd",
        "status": "captured",
        "created_at": item["created_at"],
    }
    assert item["session_date"].endswith("Z")
    (payout,) = (await payments.harness.get("/payments/payouts", user=booking.consultant)).json()[
        "items"
    ]
    assert set(payout) == {
        "id",
        "booking_id",
        "seeker",
        "session_date",
        "gross_amount",
        "commission_amount",
        "amount",
        "currency",
        "status",
        "transfer_id",
        "available_on",
        "created_at",
    }
    assert payout["seeker"]["first_name"] == "Sam"
    assert (payout["gross_amount"], payout["commission_amount"], payout["amount"]) == (
        5_000,
        750,
        4_250,
    )
    assert payout["status"] == "paid"
    assert payout["transfer_id"].startswith("tr_")


async def test_pages_neither_skip_nor_repeat(payments: Payments, booking: Booking) -> None:
    bookings = [Booking(payments, booking.seeker, booking.consultant) for _ in range(5)]
    for one in bookings:
        await one.deliver(one.accepted())
        await one.deliver(one.ended())
    await payments.settle()
    for path, user, other in (
        ("/payments/history", booking.seeker, payments.harness.user("seeker")),
        ("/payments/payouts", booking.consultant, payments.harness.user("consultant")),
    ):
        seen, cursor = [], None
        while True:
            params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await payments.harness.get(path, user=user, params=params)).json()
            seen += [item["booking_id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
            foreign = await payments.harness.get(path, user=other, params={"cursor": cursor})
            assert foreign.status_code == 400
        assert seen == [str(one.id) for one in reversed(bookings)]
    bad = await payments.harness.get(
        "/payments/history", user=booking.seeker, params={"cursor": "forged"}
    )
    assert (bad.status_code, bad.json()["code"]) == (400, "validation_failed")


async def test_summary_totals_the_month_for_each_party(
    payments: Payments, booking: Booking
) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    month = clock.now().strftime("%Y-%m")
    seeker = (await payments.harness.get("/payments/summary", user=booking.seeker)).json()
    assert seeker["items"] == [
        {"month": month, "currency": "usd", "count": 1, "spent": 10_000, "refunded": 0}
    ]
    consultant = (await payments.harness.get("/payments/summary", user=booking.consultant)).json()
    assert consultant["items"] == [
        {
            "month": month,
            "currency": "usd",
            "count": 1,
            "gross": 10_000,
            "commission": 1_500,
            "net": 8_500,
        }
    ]
    later = (clock.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    none = await payments.harness.get(
        "/payments/summary", user=booking.seeker, params={"from": later}
    )
    assert none.json() == {"items": []}
    bad = await payments.harness.get(
        "/payments/summary", user=booking.seeker, params={"from": later, "to": later}
    )
    assert bad.status_code == 400
    absurd = await payments.harness.get(
        "/payments/summary", user=booking.seeker, params={"from": "0001-01-01T00:00:00Z"}
    )
    assert absurd.status_code == 400


SEEKERS, CONSULTANTS, BOTH = ("seeker",), ("consultant",), ("seeker", "consultant")
ROUTES = (
    ("POST", "/payments/setup-intent", SEEKERS, 201),
    ("GET", "/payments/payment-method", SEEKERS, 404),
    ("DELETE", "/payments/payment-method", SEEKERS, 404),
    ("POST", "/payments/connect-account", CONSULTANTS, 201),
    ("GET", "/payments/connect-account", CONSULTANTS, 404),
    ("GET", "/payments/history", SEEKERS, 200),
    ("GET", "/payments/payouts", CONSULTANTS, 200),
    ("GET", "/payments/summary", BOTH, 200),
    ("GET", f"/payments/{new_id()}/authentication", SEEKERS, 404),
    ("GET", "/payments/no-uuid/authentication", BOTH, 404),
    ("POST", f"/payments/{new_id()}/refund", CONSULTANTS, 404),
)


@pytest.mark.parametrize(("method", "path", "roles", "status"), ROUTES)
async def test_each_call_is_open_to_its_roles_only(
    payments: Payments, method: str, path: str, roles: tuple[str, ...], status: int
) -> None:
    body: dict[str, Any] = {"json": {"reason": "x"}} if path.endswith("refund") else {}
    anonymous = await payments.harness.request(method, path, **body)
    assert anonymous.status_code == (404 if "no-uuid" in path else 401)
    for role in BOTH:
        answer = await payments.harness.request(
            method, path, user=payments.harness.user(role), **body
        )
        assert answer.status_code == (status if role in roles else 403), role
        if answer.status_code >= 400:
            assert answer.headers["content-type"].startswith("application/problem+json")


async def test_free_session_was_charged_nothing(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended(billable=False))
    await payments.settle()
    path = "/payments/history"
    (item,) = (await payments.harness.get(path, user=booking.seeker)).json()["items"]
    assert (item["status"], item["charged"]) == ("released", 0)
