"""PaymentIntents: off-session holds, captures and cancellations."""

from typing import Any

from sandbox.stripe.conformance.session import Session

DAY = 86400
UNEXPECTED = "payment_intent_unexpected_state"


def capturing(session: Session) -> None:
    """A hold is captured once, as a whole or in part."""
    customer = session.customer()
    card = session.saved_card(customer)
    held = session.hold(
        customer, card, metadata={"booking_id": "b1"}, transfer_group="b1", description="Session"
    )
    path = f"/v1/payment_intents/{held['id']}"
    amounts = ("amount", "amount_capturable", "amount_received")
    session.equal("held", [held[name] for name in amounts], [5000, 5000, 0])
    facts: Any = {name: held[name] for name in ("status", "capture_method", "transfer_group")}
    session.equal(
        "as asked",
        facts,
        {"status": "requires_capture", "capture_method": "manual", "transfer_group": "b1"},
    )
    session.equal("its metadata", held["metadata"], {"booking_id": "b1"})
    session.equal("its types are shown", held["payment_method_types"], ["card"])
    charge = session.get(f"/v1/charges/{held['latest_charge']}")
    facts = {name: charge[name] for name in ("captured", "paid", "status", "balance_transaction")}
    wanted = {"captured": False, "paid": True, "status": "succeeded", "balance_transaction": None}
    session.equal("the charge is not captured", facts, wanted)
    lapses = charge["payment_method_details"]["card"]["capture_before"] - charge["created"]
    session.equal("Visa, with nobody there: 4 days 18 hours", lapses, 4 * DAY + 18 * 3600)
    answer = session.ask("POST", f"{path}/capture", {"amount_to_capture": 5001})
    session.refused("no more than is held", answer, 400, "amount_too_large")
    answer = session.ask("POST", "/v1/refunds", {"payment_intent": held["id"], "amount": 100})
    session.refused("nothing to refund yet", answer, 400)
    answer = session.ask("POST", path, {"amount": 9000})
    session.refused("its amount is fixed", answer, 400, UNEXPECTED)
    done = session.post(f"{path}/capture", expand=["latest_charge.balance_transaction"])
    session.equal("captured", [done[name] for name in amounts], [5000, 0, 5000])
    txn = done["latest_charge"]["balance_transaction"]
    session.equal("on the balance", (txn["type"], txn["amount"]), ("charge", 5000))
    session.holds("less a fee", txn["fee"] > 0 and txn["net"] == 5000 - txn["fee"], txn)
    session.holds("pending first", txn["status"] == "pending" and txn["available_on"] > 0, txn)
    for verb in ("capture", "cancel"):
        error = session.refused(
            f"no {verb} after it", session.ask("POST", f"{path}/{verb}"), 400, UNEXPECTED
        )
        session.equal(f"{verb}: the intent is shown", error["payment_intent"]["id"], held["id"])
    held = session.hold(customer, card)
    part = session.post(f"/v1/payment_intents/{held['id']}/capture", amount_to_capture=1500)
    session.equal("in part", [part[name] for name in amounts], [5000, 0, 1500])
    listed = session.get("/v1/payment_intents", customer=customer)["data"]
    session.equal("both are listed", listed[0]["id"], held["id"])
    charges = session.get("/v1/charges", payment_intent=held["id"])["data"]
    session.equal("its charge too", [one["id"] for one in charges], [part["latest_charge"]])


def letting_go(session: Session) -> None:
    """A hold is canceled, or lapses."""
    customer = session.customer()
    card = session.saved_card(customer)
    held = session.hold(customer, card)
    path = f"/v1/payment_intents/{held['id']}"
    gone = session.post(f"{path}/cancel", cancellation_reason="requested_by_customer")
    facts = (gone["status"], gone["amount_capturable"], gone["cancellation_reason"])
    session.equal("canceled", facts, ("canceled", 0, "requested_by_customer"))
    session.holds("at a moment", isinstance(gone["canceled_at"], int))
    for verb in ("capture", "confirm", "cancel"):
        session.refused(f"no {verb}", session.ask("POST", f"{path}/{verb}"), 400, UNEXPECTED)
    held = session.hold(customer, card)
    session.control("clock", advance=5 * DAY)
    lapsed = session.get(f"/v1/payment_intents/{held['id']}")
    session.equal("lapsed", lapsed["status"], "canceled")
    session.holds("by itself", lapsed["cancellation_reason"] in ("automatic", "expired"))
    listed = session.get("/v1/events", type="charge.expired", limit=100)["data"]
    about = {event["data"]["object"]["payment_intent"] for event in listed}
    session.holds("as an event", held["id"] in about, about)


def step_by_step(session: Session) -> None:
    """An intent may be made, filled and confirmed apart."""
    customer = session.customer()
    made = session.post(
        "/v1/payment_intents",
        amount=2000,
        currency="usd",
        customer=customer,
        capture_method="manual",
        allowed_payment_method_types=["card"],
    )
    path = f"/v1/payment_intents/{made['id']}"
    session.equal("empty", made["status"], "requires_payment_method")
    session.holds("secret", made["client_secret"].startswith(f"{made['id']}_secret_"))
    session.refused("not yet", session.ask("POST", f"{path}/confirm"), 400)
    session.refused("nor that", session.ask("POST", f"{path}/capture"), 400, UNEXPECTED)
    filled = session.post(path, payment_method=session.saved_card(customer))
    session.equal("filled", filled["status"], "requires_confirmation")
    session.equal("held", session.post(f"{path}/confirm")["status"], "requires_capture")
    card = session.saved_card(customer)
    paid = session.hold(customer, card, 900, capture_method="automatic")
    facts = (paid["status"], paid["amount_received"])
    session.equal("captured at once", facts, ("succeeded", 900))


def declines(session: Session) -> None:
    """A bank says no, and the intent can be confirmed again."""
    customer = session.customer()
    card = session.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)[
        "id"
    ]
    answer = session.try_to_hold(customer, card)
    error = session.refused(
        "declined", answer, 402, "card_declined", kind="card_error", decline_code="generic_decline"
    )
    session.holds("its documentation", error.get("doc_url"))
    session.equal("its card", error["payment_method"]["id"], card)
    intent = session.get(
        f"/v1/payment_intents/{error['payment_intent']['id']}", expand=["latest_charge"]
    )
    facts: Any = (intent["status"], intent["payment_method"], intent["last_payment_error"]["code"])
    session.equal("it stays", facts, ("requires_payment_method", None, "card_declined"))
    charge = intent["latest_charge"]
    session.equal("its charge", charge["id"], error["charge"])
    facts = (charge["status"], charge["paid"], charge["outcome"]["type"])
    session.equal("has failed", facts, ("failed", False, "issuer_declined"))
    good = session.saved_card(customer)
    path = f"/v1/payment_intents/{intent['id']}/confirm"
    again = session.post(path, payment_method=good, off_session="true")
    facts = (again["status"], again["last_payment_error"])
    session.equal("another card", facts, ("requires_capture", None))
    for method, code, decline in (
        ("visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("chargeDeclinedExpiredCard", "expired_card", None),
        ("chargeDeclinedProcessingError", "processing_error", None),
        ("chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ):
        answer = session.try_to_hold(customer, f"pm_card_{method}")
        more = {"decline_code": decline} if decline else {}
        session.refused(method, answer, 402, code, kind="card_error", **more)


def challenges(session: Session) -> None:
    """A bank asks for the cardholder off-session: it fails, and succeeds on-session."""
    customer = session.customer()
    answer = session.try_to_hold(customer, "pm_card_authenticationRequired")
    code = "authentication_required"
    error = session.refused("it fails", answer, 402, code, kind="card_error", decline_code=code)
    intent, card = error["payment_intent"], error["payment_method"]["id"]
    session.equal("its intent waits", intent["status"], "requires_payment_method")
    session.holds("and can be taken up", intent["client_secret"])
    path = f"/v1/payment_intents/{intent['id']}"
    asked = session.post(f"{path}/confirm", payment_method=card)
    session.equal("asked", (asked["status"], bool(asked["next_action"])), ("requires_action", True))
    session.refused("not held", session.ask("POST", f"{path}/capture"), 400, UNEXPECTED)
    session.control(f"3ds/{intent['id']}", outcome="fail")
    failed = session.get(path)
    facts = (failed["status"], failed["last_payment_error"]["code"])
    wanted = ("requires_payment_method", "payment_intent_authentication_failure")
    session.equal("refused by its owner", facts, wanted)
    session.post(f"{path}/confirm", payment_method=card)
    session.control(f"3ds/{intent['id']}", outcome="succeed")
    session.equal("confirmed by its owner", session.get(path)["status"], "requires_capture")


CHECKS = (capturing, letting_go, step_by_step, declines, challenges)
