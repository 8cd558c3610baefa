"""Customers."""

from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import missing, refused
from sandbox.stripe.rows import Body
from sandbox.stripe.search import search

PLAIN = ("email", "name", "phone", "description", "shipping", "address")


def live(call: Call, identity: str, param: str = "id") -> Body:
    """A customer that is not deleted, or `resource_missing`."""
    customer = call.get("customer", identity, param)
    if customer.get("deleted"):
        raise missing("customer", identity, param)
    return customer


def create(call: Call) -> Body:
    """Creates a customer."""
    params = call.params
    settings = {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    }
    customer = call.new("customer", metadata={}, balance=0, invoice_settings=settings)
    call.take(customer, PLAIN)
    call.merge_metadata(customer, params.get("metadata"))
    if params.get("payment_method"):
        raise refused(
            "Attach the payment method after the customer exists.", None, "payment_method"
        )
    call.emit("customer.created", customer)
    return customer


def retrieve(call: Call, identity: str) -> Body:
    """Returns a customer."""
    return call.get("customer", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a customer."""
    customer, params = live(call, identity), call.params
    previous = call.take(customer, PLAIN)
    if "metadata" in params:
        previous["metadata"] = dict(customer["metadata"])
        call.merge_metadata(customer, params["metadata"])
    default = (params.get("invoice_settings") or {}).get("default_payment_method")
    if default is not None:
        previous["invoice_settings"] = dict(customer["invoice_settings"])
        if (
            default
            and call.get("payment_method", default, "default_payment_method")["customer"]
            != identity
        ):
            raise refused(
                f"The customer does not have a payment method with the ID {default}. "
                "The payment method must be attached to the customer.",
                "resource_missing",
                "invoice_settings[default_payment_method]",
            )
        customer["invoice_settings"]["default_payment_method"] = default or None
    call.emit("customer.updated", customer, previous)
    return customer


def delete(call: Call, identity: str) -> Body:
    """Deletes a customer."""
    customer = live(call, identity)
    call.emit("customer.deleted", customer)
    for method in call.page("payment_method", "", customer=identity)["data"]:
        held = call.get("payment_method", method["id"])
        held["customer"] = None
        call.store.secret(method["id"])["detached"] = True
    call.store.unlist(identity)
    customer.clear()
    customer.update(id=identity, object="customer", deleted=True)
    return customer


def index(call: Call) -> Body:
    """Lists customers, newest first."""
    return call.page("customer", "/v1/customers", email=call.params.get("email"))


def find(call: Call) -> Body:
    """Searches for customers."""
    return search(
        call, "customer", "/v1/customers/search", plain=("created", "email", "name", "phone")
    )


ROUTES: Routes = {
    ("POST", "/v1/customers"): create,
    ("GET", "/v1/customers"): index,
    ("GET", "/v1/customers/search"): find,
    ("GET", "/v1/customers/{id}"): retrieve,
    ("POST", "/v1/customers/{id}"): update,
    ("DELETE", "/v1/customers/{id}"): delete,
}
