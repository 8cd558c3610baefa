"""The common part of both kinds of intent: client secrets, the 3-D Secure challenge, payment method
types.
"""

from sandbox.stripe.call import Call, random_text
from sandbox.stripe.errors import invalid, refused
from sandbox.stripe.rows import Body


def client_secret(intent: Body) -> str:
    """The secret with which a browser may read and confirm one intent."""
    return f"{intent['id']}_secret_{random_text(25)}"


def check_secret(call: Call, intent: Body) -> None:
    """Check that a browser sends the intent's client secret, and that other callers send that or
    none. Raises 400.
    """
    given = call.params.get("client_secret")
    if (call.browser or given is not None) and given != intent["client_secret"]:
        raise refused(
            "The client_secret provided does not match the client_secret associated with this "
            "object.",
            "resource_missing",
            "client_secret",
        )


def challenge(call: Call, intent: Body) -> Body:
    """The next action: a dialog of the browser script, or a redirect if a return address was
    given.
    """
    back = call.params.get("return_url")
    if back and not call.params.get("use_stripe_sdk"):
        path = f"/_sandbox/authenticate/{intent['id']}"
        url = f"{call.origin}{path}?client_secret={intent['client_secret']}"
        call.store.secret(intent["id"])["return_url"] = back
        return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": back}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}


def forms_of_payment(params: Body) -> Body:
    """The fields of an intent that say how it may be paid. Raises 400 if both alternatives are
    used.
    """
    allowed, automatic = (
        params.get("allowed_payment_method_types"),
        params.get("automatic_payment_methods"),
    )
    if allowed and automatic:
        raise invalid(
            "You may only specify one of these parameters: allowed_payment_method_types, "
            "automatic_payment_methods.",
            "parameters_exclusive",
        )
    if allowed:
        if allowed != ["card"]:
            raise refused("This sandbox supports only cards.", None, "allowed_payment_method_types")
        chosen = None
    else:
        redirects = (automatic or {}).get("allow_redirects", "always")
        chosen = {"enabled": True, "allow_redirects": redirects}
    return {
        "payment_method_types": ["card"],
        "allowed_payment_method_types": allowed,
        "automatic_payment_methods": chosen,
    }
