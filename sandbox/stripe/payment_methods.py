"""Payment methods: cards, saved or not."""

from sandbox.stripe import cards
from sandbox.stripe.call import Call, Routes
from sandbox.stripe.customers import live
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body

GONE = (
    "This PaymentMethod was previously used without being attached to a Customer or was detached "
    "from a Customer, "
    "and may not be used again."
)


def named(call: Call, reference: str, param: str = "payment_method") -> Body:
    """The payment method of an id, or a new one of a test token."""
    if reference.startswith("pm_card_") and reference.removeprefix("pm_card_") in cards.TOKENS:
        return cards.from_token(call, reference)
    return call.get("payment_method", reference, param)


def given(call: Call) -> Body | None:
    """The payment method of a confirmation: by id, by token, or entered in the browser."""
    typed = call.params.pop("card", None)
    if typed is not None:
        return cards.from_data(call, typed["card"], typed["billing_details"])
    reference = call.params.get("payment_method")
    return named(call, reference) if reference else None


def attach_to(call: Call, method: Body, customer: str) -> None:
    """Save a card with a customer, and emit the event."""
    if method["customer"] != customer:
        method["customer"] = customer
        call.emit("payment_method.attached", method)


def create(call: Call) -> Body:
    """Creates a payment method."""
    if call.params.get("type", "card") != "card":
        raise refused("This sandbox supports only cards.", None, "type")
    return cards.from_data(call, call.params.get("card", {}), call.params.get("billing_details"))


def retrieve(call: Call, identity: str) -> Body:
    """Returns a payment method."""
    return call.get("payment_method", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a payment method."""
    method, params = call.get("payment_method", identity), call.params
    if method["customer"] is None:
        raise refused("You must save this PaymentMethod to a customer before you can update it.")
    call.merge_metadata(method, params.get("metadata"))
    billing = params.get("billing_details") or {}
    method["billing_details"].update(
        {name: value for name, value in billing.items() if name != "address"}
    )
    method["billing_details"]["address"].update(billing.get("address") or {})
    call.emit("payment_method.updated", method)
    return method


def attach(call: Call, identity: str) -> Body:
    """Attaches a payment method to a customer."""
    method, customer = named(call, identity, "id"), call.params.get("customer", "")
    live(call, customer, "customer")
    if not cards.card_of(call, method).attaches:
        raise cards.failure(cards.card_of(call, method))
    if call.store.secret(method["id"])["detached"]:
        raise refused(GONE)
    if method["customer"] not in (None, customer):
        raise refused("The payment method you provided has already been attached to a customer.")
    attach_to(call, method, customer)
    return method


def detach(call: Call, identity: str) -> Body:
    """Detaches a payment method permanently."""
    method = call.get("payment_method", identity)
    owner = method["customer"]
    if not owner:
        raise refused(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    method["customer"] = None
    call.store.secret(identity)["detached"] = True
    settings = live(call, owner)["invoice_settings"]
    if settings["default_payment_method"] == identity:
        settings["default_payment_method"] = None
    call.emit("payment_method.detached", method, {"customer": owner})
    return method


def index(call: Call) -> Body:
    """Lists payment methods, newest first."""
    customer = call.params.get("customer")
    if not customer:
        return {"object": "list", "url": "/v1/payment_methods", "has_more": False, "data": []}
    return _of(call, customer, "/v1/payment_methods")


def of_customer(call: Call, customer: str) -> Body:
    """Lists a customer's payment methods."""
    live(call, customer)
    return _of(call, customer, f"/v1/customers/{customer}/payment_methods")


def _of(call: Call, customer: str, url: str) -> Body:
    if call.params.get("type", "card") != "card":
        return {"object": "list", "url": url, "has_more": False, "data": []}
    return call.page("payment_method", url, customer=customer)


def one_of_customer(call: Call, customer: str, identity: str) -> Body:
    """Returns one of a customer's payment methods."""
    method = call.get("payment_method", identity)
    if method["customer"] != customer:
        raise refused(f"No such payment_method: '{identity}'", "resource_missing", "payment_method")
    return method


ROUTES: Routes = {
    ("POST", "/v1/payment_methods"): create,
    ("GET", "/v1/payment_methods"): index,
    ("GET", "/v1/payment_methods/{id}"): retrieve,
    ("POST", "/v1/payment_methods/{id}"): update,
    ("POST", "/v1/payment_methods/{id}/attach"): attach,
    ("POST", "/v1/payment_methods/{id}/detach"): detach,
    ("GET", "/v1/customers/{id}/payment_methods"): of_customer,
    ("GET", "/v1/customers/{customerId}/payment_methods/{id}"): one_of_customer,
}
