"""Stripe's test cards: numbers, `pm_card_*` tokens, and what each does."""

import hashlib
import re
from typing import Any, NamedTuple

from sandbox.stripe.call import Call
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.rows import Body

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
}
FIELDS = frozenset({"number", "exp_month", "exp_year", "cvc", "networks"})


class Card(NamedTuple):
    """What a test card does.

    `fails` and `decline` are the code and decline code of every charge; `asks` says when the bank
    wants the
    cardholder (`always`, `unless_set_up`, `on_session`); `attaches` whether it can be saved at all.
    """

    brand: str = "visa"
    fails: str | None = None
    decline: str | None = None
    asks: str | None = None
    attaches: bool = True


def _declined(fails: str, decline: str | None = None) -> Card:
    return Card(fails=fails, decline=decline, attaches=False)


CARDS = {
    "4242424242424242": Card(),
    "4000056655665556": Card(),
    "5555555555554444": Card("mastercard"),
    "2223003122003222": Card("mastercard"),
    "378282246310005": Card("amex"),
    "6011111111111117": Card("discover"),
    "4000000000000077": Card(),
    "4000000000000259": Card(),
    "4000000000000002": _declined("card_declined", "generic_decline"),
    "4000000000009995": _declined("card_declined", "insufficient_funds"),
    "4000000000009987": _declined("card_declined", "lost_card"),
    "4000000000009979": _declined("card_declined", "stolen_card"),
    "4000000000000069": _declined("expired_card"),
    "4000000000000127": _declined("incorrect_cvc"),
    "4000000000000119": _declined("processing_error"),
    "4000000000000341": Card(fails="card_declined", decline="generic_decline"),
    "4000002500003155": Card(asks="unless_set_up"),
    "4000002760003184": Card(asks="always"),
    "4000000000003220": Card(asks="always"),
    "4000003800000446": Card(asks="on_session"),
    "4000008260003178": Card(
        fails="card_declined", decline="insufficient_funds", asks="unless_set_up"
    ),
}
AVAILABLE_AT_ONCE = "4000000000000077"
DISPUTED = "4000000000000259"
TOKENS = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "discover": "6011111111111117",
    "bypassPending": AVAILABLE_AT_ONCE,
    "createDispute": DISPUTED,
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedLostCard": "4000000000009987",
    "visa_chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeCustomerFail": "4000000000000341",
    "authenticationRequiredOnSetup": "4000002500003155",
    "authenticationRequired": "4000002760003184",
    "threeDSecure2Required": "4000000000003220",
    "authenticationRequiredSetupForOffSession": "4000003800000446",
    "authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
}
SET_UP_BY_NATURE = "4000003800000446"


def luhn(number: str) -> bool:
    """Whether the check digit is correct."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return sum(digits[0::2] + doubled) % 10 == 0


def card_error(code: str, decline: str | None = None, **more: Any) -> StripeError:
    """The 402 of a card that is declined."""
    message = MESSAGES.get(decline or "") or MESSAGES[code]
    return StripeError(402, message, code, "card_error", decline_code=decline, **more)


def failure(card: Card, **more: Any) -> StripeError:
    """The 402 with the failure that this card always has."""
    return card_error(card.fails or "card_declined", card.decline, **more)


def card_of(call: Call, method: Body) -> Card:
    """The test card behind a payment method."""
    return CARDS[call.store.secret(method["id"])["number"]]


def from_token(call: Call, token: str) -> Body:
    """A new payment method of a `pm_card_*` token."""
    return make_method(call, TOKENS[token.removeprefix("pm_card_")], 12, _later(call, 8))


def from_data(call: Call, card: object, billing: object) -> Body:
    """A new payment method from card data entered in the browser. Raises 402 for an invalid
    card.
    """
    if not isinstance(card, dict):
        raise invalid("Invalid object", None, "card")
    for name in card:
        if name not in FIELDS:
            raise invalid(
                f"Received unknown parameter: card[{name}]", "parameter_unknown", f"card[{name}]"
            )
    number = re.sub(r"[ -]", "", str(card.get("number", "")))
    if not re.fullmatch(r"\d{13,19}", number) or not luhn(number):
        raise card_error("incorrect_number", param="number")
    if number not in CARDS:
        message = "Your card was declined. Your request was in test mode, but used a non test card."
        raise StripeError(
            402, message, "card_declined", "card_error", decline_code="test_mode_live_card"
        )
    month, year = _expiry(call, card)
    return make_method(call, number, month, year, billing if isinstance(billing, dict) else None)


def _later(call: Call, years: int) -> int:
    return 1970 + call.now() // 31_556_952 + years


def _expiry(call: Call, card: Body) -> tuple[int, int]:
    month, year = str(card.get("exp_month", "")), str(card.get("exp_year", ""))
    if not re.fullmatch(r"\d{1,2}", month) or not 1 <= int(month) <= 12:
        raise card_error("invalid_expiry_month", param="exp_month")
    if not re.fullmatch(r"\d{2}|\d{4}", year):
        raise card_error("invalid_expiry_year", param="exp_year")
    full = int(year) + (2000 if len(year) == 2 else 0)
    if not _later(call, 0) <= full <= _later(call, 50):
        raise card_error("invalid_expiry_year", param="exp_year")
    return int(month), full


def make_method(
    call: Call, number: str, month: int, year: int, billing: Body | None = None
) -> Body:
    """A new payment method without a customer."""
    brand = CARDS[number].brand
    card = call.spec.blank("PaymentMethod.Card")
    card.update(
        brand=brand,
        display_brand=brand,
        country="US",
        exp_month=month,
        exp_year=year,
        last4=number[-4:],
        funding="debit" if number == TOKENS["visa_debit"] else "credit",
        fingerprint=hashlib.sha256(number.encode()).hexdigest()[:16],
        checks={
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        networks={"available": [brand], "preferred": None},
        three_d_secure_usage={"supported": True},
    )
    secret = {"number": number, "set_up": number == SET_UP_BY_NATURE, "detached": False}
    details = _billing(billing or {})
    return call.new(
        "payment_method",
        secret=secret,
        type="card",
        billing_details=details,
        metadata={},
        card=card,
    )


def _billing(given: Body) -> Body:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details: Body = {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}
    for name, value in given.items():
        if name == "address" and isinstance(value, dict):
            address.update({part: value[part] or None for part in address.keys() & value.keys()})
        elif name in details and isinstance(value, str):
            details[name] = value or None
    return details
