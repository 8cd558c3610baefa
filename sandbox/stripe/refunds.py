"""Refunds of captured charges. A refund reverses no transfer, and does not return Stripe's fee."""

from sandbox.stripe import balance
from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import invalid, refused
from sandbox.stripe.rows import Body
from shared.currencies import CURRENCIES

NOT_SIMULATED = ("instructions_email", "origin")


def create(call: Call) -> Body:
    """Creates a refund."""
    params = call.params
    for name in NOT_SIMULATED:
        if params.get(name):
            raise invalid(f"Received unknown parameter: {name}", "parameter_unknown", name)
    charge = _charge(call)
    rest = charge["amount"] - charge["amount_refunded"]
    if rest == 0:
        raise refused(
            f"Charge {charge['id']} has already been refunded.", "charge_already_refunded"
        )
    if charge["disputed"] and call.store.secret(charge["id"]).get("dispute_open"):
        raise refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            "charge_disputed",
        )
    _check_connect(params, charge)
    amount = params.get("amount", rest)
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount"
        )
    step = CURRENCIES[charge["currency"]].step
    if amount % step:
        raise invalid(
            f"Invalid amount: it must be a multiple of {step} in {charge['currency']}.",
            "parameter_invalid_integer",
            "amount",
        )
    if amount > rest:
        raise refused(
            f"Refund amount ({amount / 100:.2f} {charge['currency']}) is greater than unrefunded "
            "amount on charge "
            f"({rest / 100:.2f} {charge['currency']})",
            None,
            "amount",
        )
    refund = _make(call, charge, amount)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge)
    return refund


def _check_connect(params: Body, charge: Body) -> None:
    """Refuse parameters for destination and direct charges: a charge of the platform has neither a
    transfer nor an application fee. Raises 400.
    """
    if params.get("reverse_transfer"):
        raise refused(
            f"Cannot reverse transfer on charge {charge['id']} because it does not have an "
            "associated transfer.",
            None,
            "reverse_transfer",
        )
    if params.get("refund_application_fee"):
        raise refused(
            f"Charge {charge['id']} has no application fee to refund.",
            None,
            "refund_application_fee",
        )


def _charge(call: Call) -> Body:
    """The captured charge to refund. Raises 400."""
    params = call.params
    if params.get("payment_intent"):
        if params.get("charge"):
            raise invalid(
                "You may only specify one of these parameters: charge, payment_intent.",
                "parameters_exclusive",
            )
        intent = call.get("payment_intent", params["payment_intent"], "payment_intent")
        identity = intent["latest_charge"] if intent["status"] == "succeeded" else None
    else:
        identity = params.get("charge")
        if not identity:
            raise invalid(
                "One of the following params should be provided: payment_intent, charge.",
                "parameter_missing",
            )
    charge = call.get("charge", identity, "charge") if identity else None
    if charge is None or not charge["captured"]:
        raise refused("This PaymentIntent does not have a successful charge to refund.")
    return charge


def _make(call: Call, charge: Body, amount: int) -> Body:
    refund = call.new(
        "refund",
        amount=amount,
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        currency=charge["currency"],
        customer=charge["customer"],
        payment_method=charge["payment_method"],
        status="succeeded",
        reason=call.params.get("reason"),
        metadata={},
    )
    call.merge_metadata(refund, call.params.get("metadata"))
    txn = balance.record_settled(call, "refund", -amount, refund["id"], currency=charge["currency"])
    refund["balance_transaction"] = txn["id"]
    return refund


def returned_by_bank(call: Call, refund: Body) -> None:
    """The cardholder's bank returns the refund: the money is on the balance again. Raises 400."""
    if refund["status"] != "succeeded":
        raise refused(f"Refund {refund['id']} is {refund['status']}.")
    charge = call.get("charge", refund["charge"])
    txn = balance.record_settled(
        call,
        "refund_failure",
        refund["amount"],
        refund["id"],
        currency=refund["currency"],
    )
    refund.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=txn["id"],
    )
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    call.emit("refund.failed", refund)
    call.emit("charge.refund.updated", refund)


def retrieve(call: Call, identity: str) -> Body:
    """Returns a refund."""
    return call.get("refund", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a refund."""
    refund = call.get("refund", identity)
    call.merge_metadata(refund, call.params.get("metadata"))
    call.emit("refund.updated", refund)
    return refund


def index(call: Call) -> Body:
    """Lists refunds, newest first."""
    filters = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return call.page("refund", "/v1/refunds", **filters)


def cancel(call: Call, identity: str) -> Body:
    """Cancels a refund."""
    call.get("refund", identity)
    raise refused("Only refunds with the status requires_action can be canceled.")


ROUTES: Routes = {
    ("POST", "/v1/refunds"): create,
    ("GET", "/v1/refunds"): index,
    ("GET", "/v1/refunds/{id}"): retrieve,
    ("POST", "/v1/refunds/{id}"): update,
    ("POST", "/v1/refunds/{id}/cancel"): cancel,
}
