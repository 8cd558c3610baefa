"""Charges: made by PaymentIntents, read and labelled by the API."""

from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import StripeError
from sandbox.stripe.rows import Body
from sandbox.stripe.search import search

CARD_FIELDS = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")


def make(
    call: Call,
    intent: Body,
    method: Body,
    *,
    error: StripeError | None = None,
    capture_before: int | None = None,
) -> Body:
    """The charge of one confirmation: failed with `error`, held until `capture_before`, or to be
    settled.
    """
    charge = call.new(
        "charge",
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        transfer_group=intent["transfer_group"],
        billing_details=method["billing_details"],
        fraud_details={},
        paid=error is None,
        status="succeeded" if error is None else "failed",
        failure_code=error.error["code"] if error else None,
        failure_message=error.error["message"] if error else None,
        calculated_statement_descriptor="CONSULTANT CONNECT",
    )
    charge["outcome"] = _outcome(call, error)
    card = call.spec.blank("Charge.PaymentMethodDetails.Card")
    card.update({name: method["card"][name] for name in CARD_FIELDS if name in card})
    card.update(
        checks=method["card"]["checks"],
        network=method["card"]["brand"],
        amount_authorized=intent["amount"],
    )
    if capture_before is not None:
        card["capture_before"] = capture_before
    charge["payment_method_details"] = {"type": "card", "card": card}
    return charge


def _outcome(call: Call, error: StripeError | None) -> Body:
    outcome = call.spec.blank("Charge.Outcome")
    if error is None:
        outcome.update(
            network_status="approved_by_network",
            type="authorized",
            risk_level="normal",
            reason=None,
            seller_message="Payment complete.",
        )
    else:
        outcome.update(
            network_status="declined_by_network",
            type="issuer_declined",
            risk_level="normal",
            reason=error.error.get("decline_code") or error.error["code"],
            seller_message="The bank did not return any further details with this decline.",
        )
    return outcome


def retrieve(call: Call, identity: str) -> Body:
    """Returns a charge."""
    return call.get("charge", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a charge."""
    charge, params = call.get("charge", identity), call.params
    call.merge_metadata(charge, params.get("metadata"))
    for name in ("description", "receipt_email", "transfer_group"):
        if name in params:
            charge[name] = params[name] or None
    call.emit("charge.updated", charge)
    return charge


def index(call: Call) -> Body:
    """Lists charges, newest first."""
    filters = {
        name: call.params.get(name) for name in ("customer", "payment_intent", "transfer_group")
    }
    return call.page("charge", "/v1/charges", **filters)


SEARCHED = (
    "amount",
    "created",
    "currency",
    "customer",
    "disputed",
    "payment_method_details.card.brand",
    "payment_method_details.card.fingerprint",
    "payment_method_details.card.last4",
    "refunded",
    "status",
)


def find(call: Call) -> Body:
    """Searches for charges."""
    return search(call, "charge", "/v1/charges/search", plain=SEARCHED)


ROUTES: Routes = {
    ("GET", "/v1/charges/search"): find,
    ("GET", "/v1/charges"): index,
    ("GET", "/v1/charges/{id}"): retrieve,
    ("POST", "/v1/charges/{id}"): update,
}
