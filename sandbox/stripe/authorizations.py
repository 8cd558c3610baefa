"""What happens to a card when a PaymentIntent is confirmed, captured, canceled, or lapses.

A hold made off-session is merchant-initiated: Visa keeps it for 4 days 18 hours, other brands for 7
days. The charge's `capture_before` says which.
"""

from sandbox.stripe import balance, cards, charges, disputes
from sandbox.stripe.call import Call
from sandbox.stripe.challenges import challenge
from sandbox.stripe.errors import StripeError, refused
from sandbox.stripe.payment_methods import GONE, attach_to
from sandbox.stripe.rows import Body
from sandbox.stripe.settlement import current

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
SWEPT_AT_ONCE = 100  # in one transaction, to limit memory after a jump of the clock
HELD_SECONDS = 7 * 86400
HELD_SECONDS_VISA_OFF_SESSION = 4 * 86400 + 18 * 3600


def require_status(intent: Body, verb: str, allowed: tuple[str, ...]) -> None:
    """Raise Stripe's `payment_intent_unexpected_state` unless the intent is in one of these
    states.
    """
    if intent["status"] not in allowed:
        raise refused(
            f"This PaymentIntent could not be {verb} because it has a status of "
            f"{intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be {verb}: "
            f"{', '.join(allowed)}.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )


def check_usable(call: Call, intent: Body, method: Body) -> None:
    """Check that a card may be used: a saved one only for its own customer, a detached one never.
    Raises 400.
    """
    if method["customer"] and not intent["customer"]:
        raise refused(
            f"The PaymentMethod you provided ({method['id']}) is attached to a customer so for "
            "security purposes "
            "you must provide the customer in the request.",
            None,
            "customer",
        )
    if method["customer"] and method["customer"] != intent["customer"]:
        raise refused(
            f"The PaymentMethod {method['id']} does not belong to the Customer "
            f"{intent['customer']} you supplied. "
            "Please use this PaymentMethod with the Customer that it belongs to instead.",
            None,
            "payment_method",
        )
    if call.store.secret(method["id"])["detached"]:
        raise refused(GONE, "payment_method_unexpected_state", "payment_method")


def confirm(
    call: Call,
    intent: Body,
    method: Body | None,
    *,
    off_session: bool = False,
    authenticated: bool = False,
) -> None:
    """Decide as the bank would: hold, pay, challenge or decline. Raises 402 that contains the
    intent if declined.
    """
    require_status(intent, "confirmed", CONFIRMABLE)
    if method is None:
        if not intent["payment_method"]:
            raise refused(
                "You cannot confirm this PaymentIntent because it's missing a payment method. "
                "You can either update "
                "the PaymentIntent with a payment method and then confirm it again, or confirm "
                "it again directly "
                "with a payment method or ConfirmationToken.",
                "payment_intent_unexpected_state",
                payment_intent=intent,
            )
        method = call.get("payment_method", intent["payment_method"])
    check_usable(call, intent, method)
    card = cards.card_of(call, method)
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    asked = _asks(call, card, method, off_session)
    if (
        asked
        and not authenticated
        and not off_session
        and not call.params.get("error_on_requires_action")
    ):
        intent.update(status="requires_action", next_action=challenge(call, intent))
        call.emit("payment_intent.requires_action", intent)
        return
    if asked and not authenticated:
        _decline(
            call,
            intent,
            method,
            cards.card_error("authentication_required", "authentication_required"),
        )
    if card.fails:
        _decline(call, intent, method, cards.failure(card))
    _hold(call, intent, method, off_session=off_session)


def _asks(call: Call, card: cards.Card, method: Body, off_session: bool) -> bool:
    """Whether the bank requires authentication this time."""
    if card.asks == "unless_set_up":
        return not (off_session and call.store.secret(method["id"])["set_up"])
    return card.asks == "always" or (card.asks == "on_session" and not off_session)


def _decline(call: Call, intent: Body, method: Body, error: StripeError) -> None:
    charge = charges.make(call, intent, method, error=error)
    intent["latest_charge"] = charge["id"]
    call.emit("charge.failed", charge)
    error.error.update(charge=charge["id"], payment_method=method)
    fail(call, intent, error)
    error.error["payment_intent"] = intent
    raise error


def fail(call: Call, intent: Body, error: StripeError) -> None:
    """Return the intent to its initial status, so that it can be confirmed again."""
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=error.summary(),
    )
    call.emit("payment_intent.payment_failed", intent)


def _hold(call: Call, intent: Body, method: Body, *, off_session: bool) -> None:
    manual = intent["capture_method"] == "manual"
    lapses = None
    if manual:
        short = off_session and method["card"]["brand"] == "visa"
        lapses = call.now() + (HELD_SECONDS_VISA_OFF_SESSION if short else HELD_SECONDS)
    charge = charges.make(call, intent, method, capture_before=lapses)
    intent["latest_charge"] = charge["id"]
    if intent["setup_future_usage"] and intent["customer"]:
        call.store.secret(method["id"])["set_up"] = True
        attach_to(call, method, intent["customer"])
    if manual:
        call.emit("charge.succeeded", charge)
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        call.store.write("INSERT INTO hold VALUES (?, ?)", (intent["id"], lapses))
        call.emit("payment_intent.amount_capturable_updated", intent)
    else:
        _settle(call, intent, charge, intent["amount"])
        call.emit("charge.succeeded", charge)
        _succeed(call, intent, charge)


def _succeed(call: Call, intent: Body, charge: Body) -> None:
    call.emit("payment_intent.succeeded", intent)
    if call.store.secret(charge["payment_method"])["number"] == cards.DISPUTED:
        disputes.opened(call, charge)


def _settle(call: Call, intent: Body, charge: Body, amount: int) -> None:
    charge.update(captured=True, amount_captured=amount, amount_refunded=charge["amount"] - amount)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    if current(call.store).late:
        call.store.write("INSERT INTO settling VALUES (?)", (charge["id"],))
    else:
        _book(call, charge)


def _book(call: Call, charge: Body) -> None:
    number = call.store.secret(charge["payment_method"])["number"]
    txn = balance.record_settled(
        call,
        "charge",
        charge["amount_captured"],
        charge["id"],
        currency=charge["currency"],
        fee=balance.fee,
        available_on=call.now() if number == cards.AVAILABLE_AT_ONCE else None,
    )
    charge["balance_transaction"] = txn["id"]


def settle_late(call: Call) -> int:
    """Create the balance transactions of charges that wait for them; returns their number."""
    waiting = call.store.db.execute("SELECT charge FROM settling").fetchall()
    for (identity,) in waiting:
        charge = call.get("charge", identity)
        _book(call, charge)
        call.emit("charge.updated", charge, {"balance_transaction": None})
    call.store.write("DELETE FROM settling")
    return len(waiting)


def capture(call: Call, intent: Body, amount: int | None) -> None:
    """Capture the hold, or a part of it once; the rest is released. Raises 400."""
    require_status(intent, "captured", ("requires_capture",))
    held = intent["amount_capturable"]
    amount = held if amount is None else amount
    if amount > held:
        raise refused(
            "The amount you are trying to capture is greater than the amount capturable on this "
            "PaymentIntent.",
            "amount_too_large",
            "amount_to_capture",
        )
    if amount < 1:
        raise refused(
            "This value must be greater than or equal to 1.",
            "parameter_invalid_integer",
            "amount_to_capture",
        )
    charge = call.get("charge", intent["latest_charge"])
    _settle(call, intent, charge, amount)
    _unhold(call, intent)
    call.emit("charge.captured", charge)
    _succeed(call, intent, charge)


def void(call: Call, intent: Body, reason: str | None, *, lapsed: bool = False) -> None:
    """Cancel an intent and release its hold."""
    intent.update(
        status="canceled",
        canceled_at=call.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    if intent["latest_charge"]:
        charge = call.get("charge", intent["latest_charge"])
        if charge["paid"] and not charge["captured"]:
            charge.update(refunded=True, amount_refunded=charge["amount"])
            call.emit("charge.expired" if lapsed else "charge.refunded", charge)
    _unhold(call, intent)
    call.emit("payment_intent.canceled", intent)


def _unhold(call: Call, intent: Body) -> None:
    call.store.write("DELETE FROM hold WHERE intent = ?", (intent["id"],))


def authenticate(call: Call, intent: Body, *, passed: bool) -> None:
    """The cardholder has answered the bank's challenge. Raises 402 if the charge is declined all
    the same.
    """
    if passed:
        confirm(call, intent, None, authenticated=True)
        return
    message = "The provided PaymentMethod has failed authentication."
    fail(call, intent, refused(message, "payment_intent_authentication_failure"))


def sweep(call: Call) -> int:
    """Release a batch of holds that have lapsed; returns their number, 0 if none is left."""
    query = "SELECT intent FROM hold WHERE lapses < ? ORDER BY lapses LIMIT ?"
    lapsed = call.store.db.execute(query, (call.now(), SWEPT_AT_ONCE)).fetchall()
    for (intent,) in lapsed:
        void(call, call.get("payment_intent", intent), "automatic", lapsed=True)
    return len(lapsed)
