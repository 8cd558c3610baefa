"""Stripe's error bodies.

There is one exception for all of them. Status 402 is an outcome (a declined card), and the changes
made until then are kept; every other error is rolled back.
"""

from typing import Any

DOCS = "https://docs.stripe.com/error-codes/"


class StripeError(Exception):
    """An answer that is not 2xx, as Stripe words it.

    `kept` says whether the answer is stored under the
    request's idempotency key: Stripe keeps what an operation
    answered once it had begun, and does not keep refused parameters.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        kind: str = "invalid_request_error",
        *,
        kept: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept and status != 401
        error: dict[str, Any] = {"type": kind, "message": message}
        if code:
            error["code"] = code
            error["doc_url"] = DOCS + code.replace("_", "-")
        error.update({name: value for name, value in more.items() if value is not None})
        self.body: dict[str, Any] = {"error": error}

    @property
    def error(self) -> dict[str, Any]:
        """The inner object, which handlers complete with the intent or the charge concerned."""
        inner: dict[str, Any] = self.body["error"]
        return inner

    def summary(self) -> dict[str, Any]:
        """The `last_payment_error` or `last_setup_error` of an intent."""
        names = (
            "type",
            "code",
            "decline_code",
            "message",
            "doc_url",
            "param",
            "charge",
            "payment_method",
        )
        return {name: self.error[name] for name in names if name in self.error}


def refused(
    message: str, code: str | None = None, param: str | None = None, **more: Any
) -> StripeError:
    """400: the request is valid, but not now or not with these objects."""
    return StripeError(400, message, code, param=param, **more)


def invalid(message: str, code: str | None = None, param: str | None = None) -> StripeError:
    """400 for invalid parameters; its idempotency key can be used again."""
    return StripeError(400, message, code, param=param, kept=False)


def missing(kind: str, identity: str, param: str = "id") -> StripeError:
    """404 for an object in the path, 400 for one named by a parameter."""
    status = 404 if param == "id" else 400
    return StripeError(status, f"No such {kind}: '{identity}'", "resource_missing", param=param)


def unknown(method: str, path: str) -> StripeError:
    """404: no operation has this URL."""
    message = (
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs "
        "or we can help at https://support.stripe.com/."
    )
    return StripeError(404, message, kept=False)


def unauthorized(message: str, code: str | None = None) -> StripeError:
    """401: no key, a wrong one, or one that may not do this."""
    return StripeError(401, message, code)
