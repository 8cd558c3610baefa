"""The controls under /_sandbox, which Stripe does not have. README.md describes them."""

from collections.abc import Callable
from typing import Any

import msgspec

from sandbox.stripe import accounts, authorizations, disputes, refunds, setup_intents
from sandbox.stripe import settlement as settlements
from sandbox.stripe.api import Api
from sandbox.stripe.delivery import DeliveryMode
from sandbox.stripe.errors import StripeError, invalid, missing
from sandbox.stripe.faults import MODES, Fault
from sandbox.stripe.rows import Body
from shared.currencies import CURRENCIES

MAX_JUMP = 10 * 365 * 86400


def clock(api: Api, params: Body) -> Body:
    """`advance` (seconds): move the clock forward; whatever would have lapsed in the meantime
    lapses now.
    """
    try:
        seconds = int(params.get("advance", 0))
    except (TypeError, ValueError):
        raise invalid("advance must be a whole number of seconds", None, "advance") from None
    if not 0 <= seconds <= MAX_JUMP:
        raise invalid("advance must lie between 0 and ten years", None, "advance")
    api.store.advance(seconds)
    return {"now": api.store.now(), "lapsed": api.lapse()}


def three_d_secure(api: Api, params: Body, identity: str) -> Body:
    """`outcome` succeed or fail: the cardholder's answer to the bank."""
    intent = api.store.find(identity)
    if intent is None or intent["object"] not in ("setup_intent", "payment_intent"):
        raise missing("intent", identity)
    if params.get("outcome") not in ("succeed", "fail"):
        raise invalid("outcome must be succeed or fail", None, "outcome")
    if intent["status"] != "requires_action":
        raise StripeError(409, f"{identity} waits for no authentication: it is {intent['status']}")
    passed = params["outcome"] == "succeed"
    call = api.call(params={})
    if intent["object"] == "setup_intent":
        setup_intents.authenticate(call, intent, passed=passed)
    else:
        try:
            authorizations.authenticate(call, intent, passed=passed)
        except StripeError as error:
            if error.status != 402:
                raise
    return {"id": identity, "status": intent["status"]}


def onboard(api: Api, params: Body, identity: str) -> Body:
    """`outcome` complete, restrict or reject: what Stripe finds out about an account."""
    outcome = params.get("outcome", "complete")
    if outcome not in accounts.OUTCOMES:
        raise invalid(f"outcome must be one of {', '.join(accounts.OUTCOMES)}", None, "outcome")
    call = api.call()
    account = call.get("account", identity)
    accounts.settle(call, account, outcome)
    return {
        "id": identity,
        "payouts_enabled": account["payouts_enabled"],
        "capabilities": account["capabilities"],
    }


def fail_next(api: Api, params: Body) -> Body:
    """`{path, mode, times}`: simulate failures of the next POSTs to that path. Without `mode`, all
    rules are removed.
    """
    if not params:
        api.faults.clear()
        return {"rules": []}
    try:
        rule = msgspec.convert(params, Fault, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    if rule.mode not in MODES:
        raise invalid(f"mode must be one of {', '.join(MODES)}", None, "mode")
    if rule.times < 1 or not rule.path.startswith("/v"):
        raise invalid("times must be at least 1, and path an API path such as /v1/transfers")
    api.faults.add(rule)
    return {"rules": msgspec.to_builtins(api.faults.rules)}


def redeliver(api: Api, params: Body) -> Body:
    """`{event}`: send an event again, to every endpoint, whether it wants events of this type by
    itself or not.
    """
    event = api.call().get("event", str(params.get("event", "")), "id")
    receivers = api.dispatcher.endpoints(connect="account" in event)
    api.dispatcher.post(event["id"], receivers)
    return {"event": event["id"], "endpoints": len(receivers)}


def webhooks(api: Api, params: Body) -> Body:
    """`{duplicate, shuffle, pause}`: disturb deliveries. Settings that are not given stay as they
    are.
    """
    now: dict[str, Any] = msgspec.to_builtins(api.dispatcher.mode)
    try:
        mode = msgspec.convert(now | params, DeliveryMode)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    if not 0 <= mode.duplicate <= 20 or set(params) - set(now):
        raise invalid("only duplicate (0 to 20), shuffle and pause are known")
    api.dispatcher.behave(mode)
    answer: Body = msgspec.to_builtins(mode)
    return answer | {"outstanding": len(api.dispatcher.outstanding())}


def outstanding(api: Api, params: Body) -> list[Body]:
    """Deliveries that are not answered yet."""
    return api.dispatcher.outstanding()


def requests(api: Api, params: Body) -> list[Body]:
    """All requests to the API, oldest first; filtered by `path` and `method`."""
    api.finish()
    where, values = ["1"], []
    for name in ("path", "method"):
        if params.get(name):
            where.append(f"{name} = ?")
            values.append(params[name])
    rows = api.store.db.execute(
        "SELECT method, path, key, params, status, at FROM request"  # noqa: S608  # nosec B608 # names of ours; values are bound
        f" WHERE {' AND '.join(where)} ORDER BY seq",
        values,
    )
    names = ("method", "path", "idempotency_key", "params", "status", "at")
    return [
        dict(zip(names, (*row[:3], msgspec.Raw(row[3]), *row[4:]), strict=True)) for row in rows
    ]


def dispute(api: Api, params: Body) -> Body:
    """`{charge, outcome, funds, amount, currency}`: open a dispute; with `outcome` won or lost, the
    bank decides it at once. `funds` later: nothing moves on the balance yet; now: what is
    outstanding moves. `amount` and `currency`: what the bank wants, where that is not what is left
    of the charge.
    """
    call = api.call()
    charge = call.get("charge", str(params.get("charge", "")))
    outcome, funds = params.get("outcome"), params.get("funds")
    if outcome not in (None, "won", "lost"):
        raise invalid("outcome must be won or lost", None, "outcome")
    if funds not in (None, "later", "now"):
        raise invalid("funds must be later or now", None, "funds")
    found = call.page("dispute", "", charge=charge["id"])["data"]
    if funds == "now" and found:
        case = call.get("dispute", found[0]["id"])
        disputes.move_funds(call, case)
        return case
    open_one = next((one for one in found if one["status"] in disputes.OPEN), None)
    if open_one is not None and outcome is None:
        raise StripeError(409, f"{charge['id']} is disputed already")
    at_once = funds != "later"
    case = (
        call.get("dispute", open_one["id"])
        if open_one
        else disputes.opened(call, charge, claim=_claim(params, charge), funds=at_once)
    )
    if outcome is not None:
        disputes.decided(call, case, won=outcome == "won", funds=at_once)
    return case


def _claim(params: Body, charge: Body) -> tuple[int, str] | None:
    """The disputed amount and currency, if they are not what is left of the charge. Raises 400."""
    amount, currency = params.get("amount"), params.get("currency", charge["currency"])
    if amount is None:
        if "currency" in params:
            raise invalid("currency needs an amount", None, "amount")
        return None
    if not isinstance(amount, int) or amount < 1:
        raise invalid("amount must be a positive integer", None, "amount")
    if currency not in CURRENCIES:
        raise invalid("currency is not known", None, "currency")
    return amount, currency


def return_refund(api: Api, params: Body, identity: str) -> Body:
    """The cardholder's bank sends a refund back."""
    call = api.call()
    refund = call.get("refund", identity)
    refunds.returned_by_bank(call, refund)
    return refund


def settlement(api: Api, params: Body) -> Body:
    """`{currency, rates, late}`: how charges settle from now on (see settlement.py). Settings that
    are not given stay as they are; when `late` ends, waiting charges get their balance transaction.
    """
    now: dict[str, Any] = msgspec.to_builtins(settlements.current(api.store))
    try:
        chosen = msgspec.convert(now | params, settlements.Settlement)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    known = chosen.currency is None or chosen.currency in CURRENCIES
    if set(params) - set(now) or not known or any(rate <= 0 for rate in chosen.rates.values()):
        raise invalid("only currency, rates (above 0) and late are known")
    answer: Body = msgspec.to_builtins(chosen)
    api.store.set(settlements.SETTING, answer)
    settled = 0 if chosen.late else authorizations.settle_late(api.call())
    return answer | {"settled": settled}


def reset(api: Api, params: Body) -> Body:
    """Delete everything: objects, events, keys and faults; reset the clock."""
    api.store.reset()
    api.dispatcher.reset()
    api.faults.load()
    return {"reset": True}


Control = Callable[..., Any]
CONTROLS: dict[tuple[str, str], Control] = {
    ("POST", "clock"): clock,
    ("POST", "3ds/*"): three_d_secure,
    ("POST", "accounts/*/onboard"): onboard,
    ("POST", "fail_next"): fail_next,
    ("POST", "redeliver"): redeliver,
    ("POST", "webhooks"): webhooks,
    ("GET", "webhooks"): outstanding,
    ("GET", "requests"): requests,
    ("POST", "disputes"): dispute,
    ("POST", "refunds/*/return"): return_refund,
    ("POST", "settlement"): settlement,
    ("POST", "reset"): reset,
}
