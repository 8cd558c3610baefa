"""Named states of affairs of the payments service."""

from __future__ import annotations

from collections.abc import Mapping

from shared.problems import Problem


class NoPaymentMethod(Problem):
    code = "no_payment_method"
    status = 404
    detail = "There is no saved card."


class NoPayoutAccount(Problem):
    code = "no_payout_account"
    status = 404
    detail = "There is no payout account yet."


class NothingToAuthenticate(Problem):
    code = "nothing_to_authenticate"
    status = 409
    detail = "The bank does not ask for the cardholder."


class NotRefundable(Problem):
    code = "not_refundable"
    status = 409
    detail = "There is nothing left to refund on this payment."


class RefundTooLarge(Problem):
    code = "refund_too_large"
    status = 409
    detail = "That is more than what is left of the captured amount."


class PaymentDisputedAlready(Problem):
    code = "payment_disputed"
    status = 409
    detail = "The cardholder's bank is disputing this payment; it cannot be refunded meanwhile."


class InvalidSignature(Problem):
    code = "invalid_signature"
    status = 400
    detail = "The signature is missing, wrong or too old."


class NoReceipt(Problem):
    code = "no_receipt"
    status = 404
    detail = "Nothing was charged for this booking, or it is not yours to see."


class StripeUnavailable(Problem):
    code = "stripe_unavailable"
    status = 503
    detail = "The payment provider cannot be reached. Try again shortly."
    headers: Mapping[str, str] = {"Retry-After": "3"}


class StripeRefused(Problem):
    code = "stripe_refused"
    status = 502
    detail = "The payment provider refused this. It has been noted."
