"""PaymentIntents: the calls. What a confirmation does to the card is in `authorizations`."""

from sandbox.stripe import authorizations, payment_methods
from sandbox.stripe.call import Call, Routes
from sandbox.stripe.challenges import check_secret, client_secret, forms_of_payment
from sandbox.stripe.customers import live
from sandbox.stripe.errors import StripeError, invalid, refused
from sandbox.stripe.rows import Body
from sandbox.stripe.search import search
from shared.currencies import CURRENCIES

PLAIN = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
# Parameters that would move money or change who pays in ways that are not simulated: refusing them
# is better than ignoring them.
NOT_SIMULATED = (
    "confirmation_token",
    "customer_account",
    "on_behalf_of",
    "transfer_data",
)


def create(call: Call) -> Body:
    """Creates a PaymentIntent."""
    params = call.params
    _check(params)
    if params.get("customer"):
        live(call, params["customer"], "customer")
    currency = params["currency"].lower()
    intent = call.new(
        "payment_intent",
        amount=params["amount"],
        amount_capturable=0,
        amount_received=0,
        currency=currency,
        customer=params.get("customer"),
        capture_method=params.get("capture_method", "automatic_async"),
        confirmation_method=params.get("confirmation_method", "automatic"),
        metadata={},
        status="requires_payment_method",
        **forms_of_payment(params),
    )
    intent.update(dict.fromkeys(PLAIN))
    call.take(intent, PLAIN)
    intent["client_secret"] = client_secret(intent)
    call.merge_metadata(intent, params.get("metadata"))
    method = payment_methods.given(call)
    if method is not None:
        authorizations.check_usable(call, intent, method)
        intent.update(payment_method=method["id"], status="requires_confirmation")
    call.emit("payment_intent.created", intent)
    if params.get("confirm"):
        authorizations.confirm(call, intent, method, off_session=bool(params.get("off_session")))
    return intent


def _check(params: Body) -> None:
    for name in NOT_SIMULATED:
        if name in params:
            raise invalid(f"Received unknown parameter: {name}", "parameter_unknown", name)
    check_application_fee(params)
    currency = params["currency"].lower()
    if currency not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise invalid(
            f"Invalid currency: {params['currency']}. "
            f"Stripe currently supports these currencies: {known}",
            None,
            "currency",
        )
    _check_amount(params["amount"], currency)
    if not params.get("confirm"):
        for name in ("off_session", "error_on_requires_action", "return_url", "mandate_data"):
            if name in params:
                raise invalid(
                    f"You cannot provide `{name}` when `confirm` is not set to true.", None, name
                )


def check_application_fee(params: Body) -> None:
    """A fee is taken of direct and destination payments alone; neither is simulated. Raises 400."""
    if "application_fee_amount" in params:
        raise refused(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a "
            "direct "
            "payment (using an OAuth key or Stripe-Account header) or destination payment (using "
            "`transfer_data[destination]`).",
            None,
            "application_fee_amount",
        )


def _check_amount(amount: int, currency: str) -> None:
    known = CURRENCIES[currency]
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount"
        )
    if amount < known.minimum:
        least = known.text(known.minimum).lower()
        raise invalid(f"Amount must be at least {least}", "amount_too_small", "amount")
    if amount > known.maximum:
        most = known.text(known.maximum).lower()
        raise invalid(f"Amount must be no more than {most}", "amount_too_large", "amount")
    if amount % known.step:
        raise invalid(
            f"Invalid amount: it must be a multiple of {known.step} in {currency}.",
            "parameter_invalid_integer",
            "amount",
        )


def retrieve(call: Call, identity: str) -> Body:
    """Returns a PaymentIntent."""
    intent = call.get("payment_intent", identity)
    check_secret(call, intent)
    return intent


def update(call: Call, identity: str) -> Body:
    """Updates a PaymentIntent."""
    intent, params = call.get("payment_intent", identity), call.params
    if "amount" in params:
        _update_amount(intent, params["amount"])
    call.merge_metadata(intent, params.get("metadata"))
    call.take(intent, PLAIN)
    if params.get("customer") and params["customer"] != intent["customer"]:
        if intent["customer"]:
            raise refused(
                "You cannot modify `customer` on a PaymentIntent once it already has been set.",
                None,
                "customer",
            )
        intent["customer"] = live(call, params["customer"], "customer")["id"]
    if params.get("payment_method"):
        authorizations.require_status(intent, "updated", authorizations.CONFIRMABLE)
        method = payment_methods.named(call, params["payment_method"])
        authorizations.check_usable(call, intent, method)
        intent.update(
            payment_method=method["id"], status="requires_confirmation", last_payment_error=None
        )
    return intent


def _update_amount(intent: Body, amount: int) -> None:
    allowed = authorizations.CONFIRMABLE
    if intent["status"] not in allowed:
        raise refused(
            "This PaymentIntent's amount could not be updated because it has a status of "
            f"{intent['status']}. You may "
            "only update the amount of a PaymentIntent with one of the following statuses: "
            f"{', '.join(allowed)}.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    _check_amount(amount, intent["currency"])
    intent["amount"] = amount


def index(call: Call) -> Body:
    """Lists PaymentIntents, newest first."""
    return call.page("payment_intent", "/v1/payment_intents", customer=call.params.get("customer"))


def find(call: Call) -> Body:
    """Searches for PaymentIntents."""
    fields = ("amount", "created", "currency", "customer", "status")
    return search(call, "payment_intent", "/v1/payment_intents/search", plain=fields)


def confirm(call: Call, identity: str) -> Body:
    """Confirms a PaymentIntent: the bank is asked for the money."""
    intent = call.get("payment_intent", identity)
    check_secret(call, intent)
    authorizations.require_status(intent, "confirmed", authorizations.CONFIRMABLE)
    try:
        method = payment_methods.given(call)
    except StripeError as error:
        if error.status == 402:
            error.error["payment_intent"] = intent
        raise
    call.take(intent, ("receipt_email", "setup_future_usage", "shipping"))
    if call.browser and call.params.get("off_session"):
        raise refused("A publishable key cannot confirm off-session.", None, "off_session")
    authorizations.confirm(call, intent, method, off_session=bool(call.params.get("off_session")))
    return intent


def capture(call: Call, identity: str) -> Body:
    """Captures a PaymentIntent, or a part of it."""
    intent = call.get("payment_intent", identity)
    authorizations.require_status(intent, "captured", ("requires_capture",))
    check_application_fee(call.params)
    call.merge_metadata(intent, call.params.get("metadata"))
    authorizations.capture(call, intent, call.params.get("amount_to_capture"))
    return intent


def cancel(call: Call, identity: str) -> Body:
    """Cancels a PaymentIntent."""
    intent = call.get("payment_intent", identity)
    authorizations.require_status(intent, "canceled", authorizations.CANCELABLE)
    authorizations.void(call, intent, call.params.get("cancellation_reason"))
    return intent


ROUTES: Routes = {
    ("POST", "/v1/payment_intents"): create,
    ("GET", "/v1/payment_intents"): index,
    ("GET", "/v1/payment_intents/search"): find,
    ("GET", "/v1/payment_intents/{id}"): retrieve,
    ("POST", "/v1/payment_intents/{id}"): update,
    ("POST", "/v1/payment_intents/{id}/confirm"): confirm,
    ("POST", "/v1/payment_intents/{id}/capture"): capture,
    ("POST", "/v1/payment_intents/{id}/cancel"): cancel,
}
