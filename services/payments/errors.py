"""Errors of the payments API."""

from __future__ import annotations

from collections.abc import Mapping

from shared.problems import Problem


class NoPaymentMethod(Problem):
    """The seeker has no saved card."""

    code = "no_payment_method"
    status = 404
    detail = "There is no saved card."


class NoPayoutAccount(Problem):
    """The consultant has no payout account."""

    code = "no_payout_account"
    status = 404
    detail = "There is no payout account yet."


class EmailNotVerified(Problem):
    """The consultant has not verified their e-mail address, and the marketplace requires it."""

    code = "email_not_verified"
    status = 403
    detail = "Verify your e-mail address first; then the payout account can be opened."


class NothingToAuthenticate(Problem):
    """The bank does not ask for the cardholder."""

    code = "nothing_to_authenticate"
    status = 409
    detail = "The bank does not ask for the cardholder."


class NotRefundable(Problem):
    """There is nothing to refund."""

    code = "not_refundable"
    status = 409
    detail = "There is nothing left to refund on this payment."


class RefundTooLarge(Problem):
    """The refund exceeds what is left of the capture."""

    code = "refund_too_large"
    status = 409
    detail = "That is more than what is left of the captured amount."


class PaymentDisputedAlready(Problem):
    """The cardholder's bank is disputing the payment."""

    code = "payment_disputed"
    status = 409
    detail = "The cardholder's bank is disputing this payment; it cannot be refunded meanwhile."


class ChargedBack(NotRefundable):
    """A dispute was lost: Stripe refunds nothing more of that charge, not even the part that was
    not disputed.
    """

    detail = (
        "The cardholder's bank has decided a dispute for the cardholder; "
        "nothing more of this payment can be refunded."
    )


class InvalidSignature(Problem):
    """The event is not signed by Stripe, or was signed too long ago."""

    code = "invalid_signature"
    status = 400
    detail = "The signature is missing, wrong or too old."


class NoReceipt(Problem):
    """Nothing was charged, so there is no receipt."""

    code = "no_receipt"
    status = 404
    detail = "Nothing was charged for this booking, or it is not yours to see."


class StripeUnavailable(Problem):
    """Stripe does not respond."""

    code = "stripe_unavailable"
    status = 503
    detail = "The payment provider cannot be reached. Try again shortly."
    headers: Mapping[str, str] = {"Retry-After": "3"}


class StripeRefused(Problem):
    """Stripe refused the request."""

    code = "stripe_refused"
    status = 502
    detail = "The payment provider refused this request. The error has been logged."
