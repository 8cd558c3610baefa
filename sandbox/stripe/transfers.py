"""Transfers to connected accounts, and their reversal.

With `source_transaction` (a captured charge) a transfer needs no available balance and becomes
available with the charge; all transfers of a charge together cannot exceed it.
"""

from sandbox.stripe import balance, paging
from sandbox.stripe.call import PLATFORM, Call, Routes
from sandbox.stripe.errors import invalid, refused
from sandbox.stripe.rows import Body


def create(call: Call) -> Body:
    """Creates a transfer."""
    params = call.params
    amount, currency = params.get("amount"), params["currency"].lower()
    if amount is None:
        raise invalid("Missing required param: amount.", "parameter_missing", "amount")
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount"
        )
    account = _destination(call)
    charge = _source(call, amount, currency)
    when = call.now()
    group = params.get("transfer_group")
    if charge is not None:
        when = call.get("balance_transaction", charge["balance_transaction"])["available_on"]
        group = charge["transfer_group"] = (
            charge["transfer_group"] or group or f"group_{charge['payment_intent']}"
        )
    elif balance.funds(call, PLATFORM).get(currency, (0, 0))[0] < amount:
        raise refused(
            "You have insufficient available funds in your Stripe account. Try adding funds "
            "directly to your available "
            "balance by creating Charges using the 4000000000000077 test card. "
            "See: https://stripe.com/docs/testing#available-balance",
            "balance_insufficient",
        )
    transfer = call.new(
        "transfer",
        amount=amount,
        currency=currency,
        destination=account["id"],
        source_transaction=charge and charge["id"],
        transfer_group=params.get("transfer_group") or group,
        description=params.get("description"),
        metadata={},
        amount_reversed=0,
        reversed=False,
        source_type=params.get("source_type", "card"),
    )
    call.merge_metadata(transfer, params.get("metadata"))
    url = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["reversals"] = {"object": "list", "data": [], "has_more": False, "url": url}
    _move(call, transfer, "transfer", "payment", amount, when)
    call.emit("transfer.created", transfer)
    return transfer


def _move(call: Call, transfer: Body, here: str, there: str, amount: int, when: int) -> None:
    """Book the amount from the platform to the account."""
    currency, payment = transfer["currency"], "py_" + transfer["id"].removeprefix("tr_")
    txn = balance.record(call, here, -amount, transfer["id"], currency=currency, available_on=when)
    balance.record(
        call,
        there,
        amount,
        payment,
        owner=transfer["destination"],
        currency=currency,
        available_on=when,
    )
    transfer.update(balance_transaction=txn["id"], destination_payment=payment)


def _destination(call: Call) -> Body:
    identity = call.params["destination"]
    account = call.store.find(identity)
    if account is None or account["object"] != "account":
        raise refused(f"No such destination: '{identity}'", "resource_missing", "destination")
    if (account.get("capabilities") or {}).get("transfers") != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: "
            "transfers, crypto_transfers, legacy_payments",
            "insufficient_capabilities_for_transfer",
        )
    return account


def _source(call: Call, amount: int, currency: str) -> Body | None:
    identity = call.params.get("source_transaction")
    if not identity:
        return None
    charge = call.get("charge", identity, "source_transaction")
    if not charge["captured"]:
        raise refused(
            "The source_transaction charge has not been captured.", None, "source_transaction"
        )
    if charge["balance_transaction"] is None:
        raise refused(
            "The source_transaction charge has no balance transaction yet.",
            None,
            "source_transaction",
        )
    source = call.get("balance_transaction", charge["balance_transaction"])
    if source["currency"] != currency:
        raise refused(
            "The currency of source_transaction's balance transaction "
            f"({source['currency']}) must be the same as the transfer currency ({currency})",
            None,
            "currency",
        )
    earlier = paging.newest(call.store, "transfer", {"source_transaction": identity})
    used = sum(transfer["amount"] - transfer["amount_reversed"] for transfer in earlier)
    if used + amount > source["amount"]:
        raise refused(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{source['amount'] / 100:.2f}. (There is already a transfer using this source, "
            f"amounting to {used / 100:.2f}.)",
            None,
            "amount",
        )
    return charge


def retrieve(call: Call, identity: str) -> Body:
    """Returns a transfer."""
    return call.get("transfer", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a transfer."""
    transfer = call.get("transfer", identity)
    call.merge_metadata(transfer, call.params.get("metadata"))
    if "description" in call.params:
        transfer["description"] = call.params["description"] or None
    call.emit("transfer.updated", transfer)
    return transfer


def index(call: Call) -> Body:
    """Lists transfers, newest first."""
    filters = {name: call.params.get(name) for name in ("destination", "transfer_group")}
    return call.page("transfer", "/v1/transfers", **filters)


def reverse(call: Call, identity: str) -> Body:
    """Reverses a transfer, as a whole or in part."""
    transfer = call.get("transfer", identity)
    rest = transfer["amount"] - transfer["amount_reversed"]
    amount = call.params.get("amount", rest)
    if rest == 0:
        raise refused(f"Transfer {identity} is already fully reversed.")
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount"
        )
    if amount > rest:
        raise refused(
            "Reversal amount is greater than unreversed amount on the transfer.", None, "amount"
        )
    reversal = call.new(
        "transfer_reversal",
        amount=amount,
        currency=transfer["currency"],
        transfer=identity,
        metadata={},
    )
    call.merge_metadata(reversal, call.params.get("metadata"))
    _move_back(call, transfer, reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, dict(reversal))
    call.emit("transfer.reversed", transfer)
    return reversal


def _move_back(call: Call, transfer: Body, reversal: Body) -> None:
    when = call.get("balance_transaction", transfer["balance_transaction"])["available_on"]
    amount, currency = reversal["amount"], transfer["currency"]
    txn = balance.record(
        call, "transfer_refund", amount, reversal["id"], currency=currency, available_on=when
    )
    owner = transfer["destination"]
    balance.record(
        call,
        "payment_refund",
        -amount,
        reversal["id"],
        owner=owner,
        currency=currency,
        available_on=when,
    )
    reversal["balance_transaction"] = txn["id"]


def reversals(call: Call, identity: str) -> Body:
    """Lists a transfer's reversals."""
    call.get("transfer", identity)
    return call.page("transfer_reversal", f"/v1/transfers/{identity}/reversals", transfer=identity)


def reversal(call: Call, identity: str, reversal_id: str) -> Body:
    """Returns one reversal of a transfer."""
    found = call.get("transfer_reversal", reversal_id)
    if found["transfer"] != identity:
        raise refused(f"No such transfer reversal: '{reversal_id}'", "resource_missing", "id")
    if call.params.get("metadata") is not None:
        call.merge_metadata(found, call.params["metadata"])
    return found


ROUTES: Routes = {
    ("POST", "/v1/transfers"): create,
    ("GET", "/v1/transfers"): index,
    ("GET", "/v1/transfers/{id}"): retrieve,
    ("POST", "/v1/transfers/{id}"): update,
    ("POST", "/v1/transfers/{id}/reversals"): reverse,
    ("GET", "/v1/transfers/{id}/reversals"): reversals,
    ("GET", "/v1/transfers/{transferId}/reversals/{id}"): reversal,
    ("POST", "/v1/transfers/{transferId}/reversals/{id}"): reversal,
}
