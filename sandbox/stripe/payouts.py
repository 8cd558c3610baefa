"""Payouts: from an account's balance to its bank. On behalf of a connected account by the
Stripe-Account header.

They are made by hand only; nothing is paid out by itself. A payout is on its way until its arrival
date, then paid.
"""

from typing import Any

from sandbox.stripe import balance
from sandbox.stripe.call import PLATFORM, Call, Routes
from sandbox.stripe.errors import invalid, missing, refused
from sandbox.stripe.rows import Body

ARRIVES_AFTER = {"standard": 2 * 86400, "instant": 30 * 60}
SWEPT_AT_ONCE = 100


def create(call: Call) -> Body:
    """Creates a payout."""
    params = call.params
    amount, currency, method = (
        params["amount"],
        params["currency"].lower(),
        params.get("method", "standard"),
    )
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount"
        )
    if method not in ARRIVES_AFTER:
        raise invalid("Invalid method: must be one of instant or standard", None, "method")
    if params.get("destination") or params.get("payout_method"):
        name = "destination" if params.get("destination") else "payout_method"
        raise refused(f"No such external account: '{params[name]}'", "resource_missing", name)
    if call.account and not call.get("account", call.account)["payouts_enabled"]:
        raise refused(
            "Cannot create payouts: payouts are not enabled for this account until its "
            "requirements are met.",
            "payouts_not_allowed",
        )
    if balance.funds(call, _owner(call)).get(currency, (0, 0))[0] < amount:
        raise refused("You have insufficient funds in your Stripe account.", "balance_insufficient")
    payout = _make(call, amount, currency, method, params.get("metadata"))
    for name in ("description", "statement_descriptor"):
        payout[name] = params.get(name) or None
    return _emitted(call, "payout.created", payout)


def _owner(call: Call) -> str:
    return call.account or PLATFORM


def _make(call: Call, amount: int, currency: str, method: str, metadata: Any, **more: Any) -> Body:
    arrives = call.now() + ARRIVES_AFTER[method]
    payout = call.new(
        "payout",
        owner=_owner(call),
        amount=amount,
        currency=currency,
        arrival_date=arrives,
        automatic=False,
        method=method,
        reconciliation_status="not_applicable",
        source_type="card",
        status="pending",
        type="bank_account",
        metadata={},
        **more,
    )
    call.merge_metadata(payout, metadata)
    payout["balance_transaction"] = _book(call, payout, "payout", -amount)
    call.store.write("INSERT INTO arriving VALUES (?, ?)", (payout["id"], arrives))
    return payout


def _book(call: Call, payout: Body, kind: str, amount: int) -> str:
    moved = balance.record(
        call,
        kind,
        amount,
        payout["id"],
        owner=_owner(call),
        currency=payout["currency"],
        available_on=call.now(),
    )
    identity: str = moved["id"]
    return identity


def _emitted(call: Call, event: str, payout: Body) -> Body:
    call.emit(event, payout, account=call.account)
    return payout


def _find(call: Call, identity: str) -> Body:
    """A payout of this account; those of other accounts do not exist for it."""
    payout = call.get("payout", identity)
    if call.store.shelf(identity) != _shelf(call):
        raise missing("payout", identity)
    return payout


def _shelf(call: Call) -> str:
    return f"payout@{call.account}" if call.account else "payout"


def retrieve(call: Call, identity: str) -> Body:
    """Returns a payout."""
    return _find(call, identity)


def update(call: Call, identity: str) -> Body:
    """Updates a payout."""
    payout = _find(call, identity)
    call.merge_metadata(payout, call.params.get("metadata"))
    return _emitted(call, "payout.updated", payout)


def cancel(call: Call, identity: str) -> Body:
    """Cancels a payout."""
    payout = _find(call, identity)
    if payout["status"] != "pending":
        raise refused(
            "Payouts can be canceled while they are pending only; this one has the status "
            f"{payout['status']}."
        )
    payout["failure_balance_transaction"] = _book(call, payout, "payout_cancel", payout["amount"])
    payout["status"] = "canceled"
    _arrived(call, identity)
    return _emitted(call, "payout.canceled", payout)


def reverse(call: Call, identity: str) -> Body:
    """Reverses a payout that was paid."""
    payout = _find(call, identity)
    if payout["status"] != "paid" or payout["original_payout"]:
        raise refused("Only payouts that were paid can be reversed.")
    if payout["reversed_by"]:
        raise refused(f"Payout {identity} is reversed already.")
    back = _make(
        call,
        -payout["amount"],
        payout["currency"],
        "standard",
        call.params.get("metadata"),
        original_payout=identity,
    )
    payout["reversed_by"] = back["id"]
    return _emitted(call, "payout.created", back)


def index(call: Call) -> Body:
    """Lists payouts, newest first."""
    filters = {name: call.params.get(name) for name in ("status", "destination")}
    return call.page(_shelf(call), "/v1/payouts", **filters)


def sweep(call: Call) -> int:
    """Pay a batch of payouts whose arrival date has come; returns their number, 0 if none is
    left.
    """
    query = "SELECT payout FROM arriving WHERE at <= ? ORDER BY at LIMIT ?"
    due = call.store.db.execute(query, (call.now(), SWEPT_AT_ONCE)).fetchall()
    for (identity,) in due:
        payout = call.get("payout", identity)
        payout["status"] = "paid"
        owner = call.store.shelf(identity).partition("@")[2]
        _arrived(call, identity)
        call.emit("payout.paid", payout, account=owner or None)
    return len(due)


def _arrived(call: Call, identity: str) -> None:
    call.store.write("DELETE FROM arriving WHERE payout = ?", (identity,))


ROUTES: Routes = {
    ("POST", "/v1/payouts"): create,
    ("GET", "/v1/payouts"): index,
    ("GET", "/v1/payouts/{id}"): retrieve,
    ("POST", "/v1/payouts/{id}"): update,
    ("POST", "/v1/payouts/{id}/cancel"): cancel,
    ("POST", "/v1/payouts/{id}/reverse"): reverse,
}
