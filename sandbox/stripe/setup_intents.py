"""SetupIntents: saving a card with the bank's approval.

requires_payment_method → (requires_confirmation) → requires_action → succeeded; a decline or a
failed challenge leads back to requires_payment_method; canceled is final.
"""

from sandbox.stripe import cards, payment_methods
from sandbox.stripe.call import Call, Routes
from sandbox.stripe.challenges import challenge, check_secret, client_secret, forms_of_payment
from sandbox.stripe.customers import live
from sandbox.stripe.errors import StripeError, refused
from sandbox.stripe.rows import Body

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
UNEXPECTED = "setup_intent_unexpected_state"


def create(call: Call) -> Body:
    """Creates a SetupIntent."""
    params = call.params
    if params.get("customer"):
        live(call, params["customer"], "customer")
    intent = call.new(
        "setup_intent",
        customer=params.get("customer"),
        usage=params.get("usage", "off_session"),
        description=params.get("description"),
        metadata={},
        status="requires_payment_method",
        **forms_of_payment(params),
    )
    intent["client_secret"] = client_secret(intent)
    call.merge_metadata(intent, params.get("metadata"))
    if not params.get("confirm"):
        for name in ("return_url", "mandate_data"):
            if name in params:
                raise refused(
                    f"You cannot provide `{name}` when `confirm` is not set to true.", None, name
                )
    method = payment_methods.given(call)
    call.emit("setup_intent.created", intent)
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation")
    if params.get("confirm"):
        _confirm(call, intent, method)
    return intent


def retrieve(call: Call, identity: str) -> Body:
    """Returns a SetupIntent."""
    intent = call.get("setup_intent", identity)
    check_secret(call, intent)
    return intent


def update(call: Call, identity: str) -> Body:
    """Updates a SetupIntent."""
    intent, params = call.get("setup_intent", identity), call.params
    call.merge_metadata(intent, params.get("metadata"))
    if "description" in params:
        intent["description"] = params["description"] or None
    if params.get("customer") and intent["customer"] != params["customer"]:
        if intent["status"] not in OPEN or intent["customer"]:
            raise refused("You cannot modify `customer` on this SetupIntent.", None, "customer")
        intent["customer"] = live(call, params["customer"], "customer")["id"]
    if params.get("payment_method"):
        if intent["status"] not in OPEN:
            raise _wrong_state(intent, "update")
        method = payment_methods.named(call, params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    return intent


def index(call: Call) -> Body:
    """Lists SetupIntents, newest first."""
    filters = {name: call.params.get(name) for name in ("customer", "payment_method")}
    return call.page("setup_intent", "/v1/setup_intents", **filters)


def confirm(call: Call, identity: str) -> Body:
    """Confirms a SetupIntent: the card is checked and saved."""
    intent = call.get("setup_intent", identity)
    check_secret(call, intent)
    try:
        method = payment_methods.given(call)
    except StripeError as error:
        if error.status == 402:
            error.error["setup_intent"] = intent
        raise
    _confirm(call, intent, method)
    return intent


def _wrong_state(intent: Body, verb: str) -> StripeError:
    message = f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}."
    return refused(message, UNEXPECTED, setup_intent=intent)


def _confirm(call: Call, intent: Body, method: Body | None) -> None:
    if intent["status"] not in OPEN:
        raise _wrong_state(intent, "confirm")
    if method is None:
        if not intent["payment_method"]:
            message = "You cannot confirm this SetupIntent because it's missing a payment method."
            raise refused(message, UNEXPECTED, setup_intent=intent)
        method = call.get("payment_method", intent["payment_method"])
    _belongs(call, intent, method)
    card = cards.card_of(call, method)
    attempt = call.new(
        "setup_attempt",
        setup_intent=intent["id"],
        customer=intent["customer"],
        payment_method=method["id"],
        status="processing",
        usage=intent["usage"],
        payment_method_details={"type": "card", "card": _shown(call, method)},
    )
    intent.update(
        latest_attempt=attempt["id"],
        last_setup_error=None,
        payment_method=method["id"],
        next_action=None,
    )
    if not card.attaches:
        attempt["status"] = "failed"
        error = cards.failure(card, payment_method=method)
        _fail(call, intent, error)
        error.error["setup_intent"] = intent
        raise error
    if card.asks:
        attempt["status"] = "requires_action"
        intent.update(status="requires_action", next_action=challenge(call, intent))
        call.emit("setup_intent.requires_action", intent)
    else:
        _succeed(call, intent)


def _shown(call: Call, method: Body) -> Body:
    details = call.spec.blank("SetupAttempt.PaymentMethodDetails.Card")
    details.update({name: method["card"][name] for name in details.keys() & method["card"].keys()})
    return details | {"network": method["card"]["brand"], "three_d_secure": None, "wallet": None}


def _belongs(call: Call, intent: Body, method: Body) -> None:
    if method["customer"] not in (None, intent["customer"]):
        raise refused(
            f"The payment method {method['id']} belongs to another customer than this SetupIntent.",
            None,
            "payment_method",
        )
    if call.store.secret(method["id"])["detached"]:
        raise refused(payment_methods.GONE, "payment_method_unexpected_state", "payment_method")


def _succeed(call: Call, intent: Body) -> None:
    method = call.get("payment_method", intent["payment_method"])
    intent.update(status="succeeded", next_action=None)
    call.get("setup_attempt", intent["latest_attempt"])["status"] = "succeeded"
    call.store.secret(method["id"])["set_up"] = True
    if intent["customer"]:
        payment_methods.attach_to(call, method, intent["customer"])
    call.emit("setup_intent.succeeded", intent)


def _fail(call: Call, intent: Body, error: StripeError) -> None:
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error=error.summary(),
    )
    call.emit("setup_intent.setup_failed", intent)


def authenticate(call: Call, intent: Body, *, passed: bool) -> None:
    """The cardholder answered the bank's challenge."""
    if passed:
        _succeed(call, intent)
        return
    call.get("setup_attempt", intent["latest_attempt"])["status"] = "failed"
    message = "The provided PaymentMethod has failed authentication."
    _fail(call, intent, refused(message, "setup_intent_authentication_failure"))


def cancel(call: Call, identity: str) -> Body:
    """Cancels a SetupIntent."""
    intent = call.get("setup_intent", identity)
    if intent["status"] not in OPEN:
        raise _wrong_state(intent, "cancel")
    reason = call.params.get("cancellation_reason")
    intent.update(status="canceled", cancellation_reason=reason, next_action=None)
    call.emit("setup_intent.canceled", intent)
    return intent


def attempts(call: Call) -> Body:
    """Lists the attempts to set a card up."""
    return call.page(
        "setup_attempt", "/v1/setup_attempts", setup_intent=call.params["setup_intent"]
    )


ROUTES: Routes = {
    ("POST", "/v1/setup_intents"): create,
    ("GET", "/v1/setup_intents"): index,
    ("GET", "/v1/setup_intents/{id}"): retrieve,
    ("POST", "/v1/setup_intents/{id}"): update,
    ("POST", "/v1/setup_intents/{id}/confirm"): confirm,
    ("POST", "/v1/setup_intents/{id}/cancel"): cancel,
    ("GET", "/v1/setup_attempts"): attempts,
}
