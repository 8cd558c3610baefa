"""Disputes: opened by the cardholder's bank (here: by the control, or by the card made for it),
decided by it too.

While a dispute is open its amount and a fee are taken from the platform; winning gives both back.
As at Stripe the funds may move some time after the dispute was opened, or decided.
"""

from sandbox.stripe import balance, files
from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body

FEE = 1500  # minor units
ANSWER_SECONDS = 7 * 86400
OPEN = ("needs_response", "under_review")


def opened(
    call: Call,
    charge: Body,
    reason: str = "fraudulent",
    *,
    claim: tuple[int, str] | None = None,
    funds: bool = True,
) -> Body:
    """Open a dispute over what is left of a charge, or over `claim`, an amount and its currency,
    which may be another than the charge's; its funds are withdrawn at once, or later where `funds`
    is False. Raises 400.
    """
    if not charge["captured"] or charge["refunded"]:
        raise refused(
            f"Charge {charge['id']} was not captured, or is refunded: there is nothing to dispute."
        )
    if charge["disputed"]:
        raise refused(f"Charge {charge['id']} is disputed already.")
    amount, currency = claim or (charge["amount"] - charge["amount_refunded"], charge["currency"])
    dispute = call.new(
        "dispute",
        amount=amount,
        charge=charge["id"],
        currency=currency,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
        is_charge_refundable=False,
        metadata={},
        balance_transactions=[],
        enhanced_eligibility_types=[],
        intended_submission_method=None,
    )
    dispute["evidence_details"].update(
        due_by=call.now() + ANSWER_SECONDS,
        has_evidence=False,
        past_due=False,
        submission_count=0,
        submission_method="not_submitted",
        enhanced_eligibility={},
    )
    brand = charge["payment_method_details"]["card"]["brand"]
    card = {
        "brand": brand,
        "case_type": "chargeback",
        "network": brand,
        "network_reason_code": "10.4",
    }
    dispute["payment_method_details"] = {"type": "card", "card": card}
    charge["disputed"] = True
    call.store.secret(charge["id"])["dispute_open"] = True
    call.emit("charge.dispute.created", dispute)
    if funds:
        move_funds(call, dispute)
    return dispute


def move_funds(call: Call, dispute: Body) -> None:
    """Move what the dispute's state requires and has not been moved yet: withdrawn from the
    platform while it is open or lost, returned once it is won, together with the fee. Raises 400.
    """
    moved = sum(txn["amount"] for txn in dispute["balance_transactions"])
    if dispute["status"] != "won" and moved == 0:
        _book(call, dispute, -dispute["amount"], FEE)
        call.emit("charge.dispute.funds_withdrawn", dispute)
    elif dispute["status"] == "won" and moved < 0:
        _book(call, dispute, dispute["amount"], -FEE)
        call.emit("charge.dispute.funds_reinstated", dispute)
    else:
        raise refused(f"The funds of {dispute['id']} are where they belong.")


def _book(call: Call, dispute: Body, amount: int, fee: int) -> None:
    txn = balance.record_settled(
        call,
        "adjustment",
        amount,
        dispute["id"],
        currency=dispute["currency"],
        fee=lambda _: fee,
        available_on=call.now(),
    )
    dispute["balance_transactions"].append(dict(txn))


def decided(call: Call, dispute: Body, *, won: bool, funds: bool = True) -> None:
    """Apply the bank's decision; with `funds`, the money moves at once. Raises 400 if the dispute
    is closed already.
    """
    if dispute["status"] not in OPEN:
        raise refused(f"Dispute {dispute['id']} is closed already.")
    dispute["status"] = "won" if won else "lost"
    charge = call.get("charge", dispute["charge"])
    call.store.secret(charge["id"])["dispute_open"] = not won
    if won:
        dispute["is_charge_refundable"] = True
        if funds and dispute["balance_transactions"]:
            move_funds(call, dispute)
    call.emit("charge.dispute.closed", dispute)


def retrieve(call: Call, identity: str) -> Body:
    """Returns a dispute."""
    return call.get("dispute", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a dispute."""
    dispute, params = call.get("dispute", identity), call.params
    if dispute["status"] not in OPEN:
        raise refused(f"This dispute is already closed: {dispute['status']}.")
    call.merge_metadata(dispute, params.get("metadata"))
    if params.get("evidence"):
        files.check_evidence(call, params["evidence"])
        dispute["evidence"].update(params["evidence"])
        dispute["evidence_details"]["has_evidence"] = True
    if params.get("submit", bool(params.get("evidence"))):
        dispute["status"] = "under_review"
        details = dispute["evidence_details"]
        details.update(submission_count=details["submission_count"] + 1, submission_method="manual")
    call.emit("charge.dispute.updated", dispute)
    return dispute


def close(call: Call, identity: str) -> Body:
    """Closes a dispute: it is lost."""
    dispute = call.get("dispute", identity)
    decided(call, dispute, won=False)
    return dispute


def index(call: Call) -> Body:
    """Lists disputes, newest first."""
    filters = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return call.page("dispute", "/v1/disputes", **filters)


ROUTES: Routes = {
    ("GET", "/v1/disputes"): index,
    ("GET", "/v1/disputes/{id}"): retrieve,
    ("POST", "/v1/disputes/{id}"): update,
    ("POST", "/v1/disputes/{id}/close"): close,
}
