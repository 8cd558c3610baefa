"""Invariants of every booking after any sequence of events: at Stripe, in the tables of both
services, and in the ledger.
"""

from __future__ import annotations

from typing import Any

from shared.money import share
from tests.model_based.booking_model import COMMISSION_BPS, BookingModel, earned
from tests.model_based.stack_driver import StackDriver

_ROW = """
    select p.*, o.sent_amount, o.recalled_amount, o.status as payout,
           b.status as said_status, b.payment_status as said_payment_status
    from booking.bookings as b left join payments.payments as p on p.booking_id = b.id
    left join payments.payouts as o on o.booking_id = b.id where b.id = $1
"""
_LEDGER = (
    "select account, sum(amount)::bigint as total from payments.ledger_entries where booking_id "
    "= $1 group by 1"
)
_REFUNDS = "select state, failure, requested_by, amount from payments.refunds where booking_id = $1"
# Work that waits without a time at which it is checked again: there must be none.
_TIMELESS = """
    select 'step ' || o.kind || ' is ' || o.state || ' for nothing' as what
    from payments.operations as o
    left join payments.payouts as p on p.booking_id = o.subject_id
    where o.subject_id = $1
      and ((o.state = 'due' and o.due_at is null)
           or (o.state = 'running' and o.claimed_until is null)
           or (o.state = 'waiting' and p.status is distinct from 'pending'))
    union all
    select 'payment is ' || p.status || ' and no step is planned' from payments.payments as p
    where p.booking_id = $1
      and (p.status = 'authorizing' or (p.status = 'authorized' and p.due is not null))
      and not exists (select 1 from payments.operations as o
                      where o.subject_id = $1 and o.state in ('due', 'running'))
    union all
    select 'payout is pending and no transfer is planned' from payments.payouts as p
    where p.booking_id = $1 and p.status = 'pending' and not exists (
        select 1 from payments.operations as o
        where o.subject_id = $1 and o.kind = 'transfer'
          and o.state in ('due', 'running', 'waiting'))
    union all
    select 'booking is ' || b.status || ' without a deadline' from booking.bookings as b
    where b.id = $1 and case b.status
        when 'requested' then b.respond_by when 'accepted' then b.scheduled_start
        when 'payment_failed' then b.payment_deadline when 'confirmed' then b.scheduled_end
        when 'in_progress' then b.scheduled_end else now() end is null
"""
LIVE = ("requested", "accepted", "payment_failed", "confirmed", "in_progress")


class Money:
    """Stripe's data for one booking; amounts in minor units."""

    def __init__(self, driver: StackDriver, booking_id: str) -> None:
        query = f'metadata["booking_id"]:"{booking_id}"'
        self.intents = driver.stripe("GET", "/v1/payment_intents/search", query=query, limit=100)[
            "data"
        ]
        self.captured = sum(one["amount_received"] for one in self.intents)
        self.holds = [one["id"] for one in self.intents if one["status"] == "requires_capture"]
        taken = [one for one in self.intents if one["amount_received"]]
        refunds = [
            one for paid in taken for one in self._of(driver, "refunds", payment_intent=paid["id"])
        ]
        disputes = [
            one for paid in taken for one in self._of(driver, "disputes", payment_intent=paid["id"])
        ]
        transfers = self._of(driver, "transfers", transfer_group=booking_id)
        reversals = [
            one
            for transfer in transfers
            if transfer["amount_reversed"]
            for one in self._of(driver, f"transfers/{transfer['id']}/reversals")
        ]
        self.refunded = sum(one["amount"] for one in refunds if one["status"] == "succeeded")
        self.disputes = len(disputes)
        self.disputed = sum(one["amount"] for one in disputes if one["status"] != "won")
        self.sent = sum(one["amount"] - one["amount_reversed"] for one in transfers)
        self.recalled = sum(
            one["amount"] for one in reversals if "operation" not in one["metadata"]
        )
        sources = [one["latest_charge"] for one in taken]
        sources += [
            one["id"] for group in (refunds, disputes, transfers, reversals) for one in group
        ]
        moved = [
            one
            for source in sources
            for one in self._of(driver, "balance_transactions", source=source)
        ]
        self.balance = sum(one["net"] for one in moved)
        self.fees = sum(one["fee"] for one in moved)

    @staticmethod
    def _of(driver: StackDriver, kind: str, **params: Any) -> list[Any]:
        found: list[Any] = driver.stripe("GET", f"/v1/{kind}", limit=100, **params)["data"]
        return found

    @property
    def kept(self) -> int:
        left: int = self.captured - self.refunded - self.disputed
        return left


def wrong(driver: StackDriver, booking: BookingModel) -> list[str]:
    """All violations; empty if there are none."""
    (row,) = driver.sql(_ROW, booking.id)
    money = Money(driver, booking.id)
    found = [row_["what"] for row_ in driver.sql(_TIMELESS, booking.id)]
    if row["status"] is None:
        return found + (
            [f"no payment, and Stripe has {len(money.intents)} intents"] if money.intents else []
        )
    return [
        *found,
        *_between_services(row),
        *_holds(row, money),
        *_captured(booking, row, money),
        *_sent(booking, row, money),
        *_ledger(driver, booking, money),
        *_refunds(driver, booking, money),
    ]


def _differ(what: str, is_: Any, must_be: Any) -> list[str]:
    return [] if is_ == must_be else [f"{what} is {is_}, not {must_be}"]


def _between_services(row: Any) -> list[str]:
    # Booking receives no events about a request that was cancelled before a payment existed.
    said = row["said_payment_status"]
    found = [] if row["status"] == "none" else _differ("payment_status", said, row["status"])
    if row["said_status"] in ("requested", "declined", "expired"):
        found += _differ("payment of a booking nobody accepted", row["status"], "none")
    if row["said_status"] == "confirmed":
        found += _differ("payment of a confirmed booking", row["status"], "authorized")
    return found


def _holds(row: Any, money: Money) -> list[str]:
    wanted = [row["payment_intent_id"]] if row["status"] == "authorized" else []
    return _differ("live holds", money.holds, wanted)


def _captured(booking: BookingModel, row: Any, money: Money) -> list[str]:
    """The amount due was captured once, or nothing was, if the card does not pay."""
    if row["status"] in ("captured", "refunded", "disputed"):
        return _differ(
            "captured", (money.captured, row["captured_amount"]), (booking.due, booking.due)
        )
    found = _differ("captured", (money.captured, row["captured_amount"]), (0, 0))
    if booking.due is None:
        return found
    if row["status"] == "failed":
        paying = [
            one["id"]
            for one in money.intents
            if one["status"] not in ("canceled", "requires_payment_method")
        ]
        found += _differ("owed, and not declined", paying, [])
        return found + ([] if booking.due else ["failed, though nothing is due"])
    return found + _differ(f"due of a payment that is {row['status']}", booking.due, 0)


def _sent(booking: BookingModel, row: Any, money: Money) -> list[str]:
    if row["payout"] is None:
        return _differ("sent without a payout", money.sent, 0)
    found = _differ(
        "recalled", (money.recalled, row["recalled_amount"]), (booking.recalled, booking.recalled)
    )
    found += _differ("payout's sent_amount", row["sent_amount"], money.sent)
    must_be = earned(money.kept, booking.recalled)
    if row["payout"] == "pending":  # its account cannot receive: not too much was sent before
        return found + ([f"sent {money.sent} of {must_be}"] if money.sent >= must_be else [])
    found += _differ("sent", money.sent, must_be)
    return found + _differ("payout", row["payout"], "paid" if money.sent else "reversed")


def _ledger(driver: StackDriver, booking: BookingModel, money: Money) -> list[str]:
    accounts = {row["account"]: row["total"] for row in driver.sql(_LEDGER, booking.id)}

    def has(name: str) -> int:
        return int(accounts.get(name, 0))

    return [
        *_differ("ledger's sum", sum(accounts.values()), 0),
        *_differ("ledger: seeker", has("seeker"), -money.kept),
        *_differ("ledger: consultant", has("consultant"), money.sent),
        *_differ("ledger: commission", has("commission"), share(money.kept, COMMISSION_BPS)),
        *_differ("ledger: stripe_fees", has("stripe_fees"), money.fees),
        *_differ(
            "ledger: what is on Stripe's balance",
            has("platform") + has("commission"),
            money.balance,
        ),
    ]


def _refunds(driver: StackDriver, booking: BookingModel, money: Money) -> list[str]:
    rows = driver.sql(_REFUNDS, booking.id)
    done = sum(row["amount"] for row in rows if row["state"] == "succeeded")
    excused = booking.refunded_by_hand or money.disputes > 0
    refused = [row["failure"] for row in rows if row["state"] == "failed" and not excused]
    return [
        *_differ("refunded", done, money.refunded),
        *_differ(
            "refunds asked for",
            sum(row["requested_by"] is not None for row in rows),
            booking.refunds,
        ),
        *_differ(
            "refunds still pending",
            [row["amount"] for row in rows if row["state"] == "pending"],
            [],
        ),
        *_differ("refunds refused for no reason", refused, []),
    ]
