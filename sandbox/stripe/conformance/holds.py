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
    session.equal("the amount is held", [held[name] for name in amounts], [5000, 5000, 0])
    facts: Any = {name: held[name] for name in ("status", "capture_method", "transfer_group")}
    session.equal(
        "the hold has the requested fields",
        facts,
        {"status": "requires_capture", "capture_method": "manual", "transfer_group": "b1"},
    )
    session.equal("the hold has the requested metadata", held["metadata"], {"booking_id": "b1"})
    session.equal("payment_method_types is shown", held["payment_method_types"], ["card"])
    charge = session.get(f"/v1/charges/{held['latest_charge']}")
    facts = {name: charge[name] for name in ("captured", "paid", "status", "balance_transaction")}
    wanted = {"captured": False, "paid": True, "status": "succeeded", "balance_transaction": None}
    session.equal("the charge is not captured", facts, wanted)
    lapses = charge["payment_method_details"]["card"]["capture_before"] - charge["created"]
    session.equal(
        "an off-session hold on Visa lapses after 4 days 18 hours", lapses, 4 * DAY + 18 * 3600
    )
    answer = session.ask("POST", f"{path}/capture", {"amount_to_capture": 5001})
    session.refused("capturing more than is held is refused", answer, 400, "amount_too_large")
    answer = session.ask("POST", "/v1/refunds", {"payment_intent": held["id"], "amount": 100})
    session.refused("refunding a hold is refused", answer, 400)
    answer = session.ask("POST", path, {"amount": 9000})
    session.refused("changing the amount of a hold is refused", answer, 400, UNEXPECTED)
    done = session.post(f"{path}/capture", expand=["latest_charge.balance_transaction"])
    session.equal("the whole amount is captured", [done[name] for name in amounts], [5000, 0, 5000])
    txn = done["latest_charge"]["balance_transaction"]
    session.equal("the charge is on the balance", (txn["type"], txn["amount"]), ("charge", 5000))
    session.holds("the fee is deducted", txn["fee"] > 0 and txn["net"] == 5000 - txn["fee"], txn)
    session.holds(
        "the balance transaction is pending",
        txn["status"] == "pending" and txn["available_on"] > 0,
        txn,
    )
    for verb in ("capture", "cancel"):
        error = session.refused(
            f"{verb} after the capture is refused",
            session.ask("POST", f"{path}/{verb}"),
            400,
            UNEXPECTED,
        )
        session.equal(
            f"{verb}: the error contains the intent", error["payment_intent"]["id"], held["id"]
        )
    held = session.hold(customer, card)
    part = session.post(f"/v1/payment_intents/{held['id']}/capture", amount_to_capture=1500)
    session.equal("a partial capture", [part[name] for name in amounts], [5000, 0, 1500])
    listed = session.get("/v1/payment_intents", customer=customer)["data"]
    session.equal("the newest intent is listed first", listed[0]["id"], held["id"])
    charges = session.get("/v1/charges", payment_intent=held["id"])["data"]
    session.equal("its charge is listed", [one["id"] for one in charges], [part["latest_charge"]])


def canceling(session: Session) -> None:
    """A hold is canceled, or lapses."""
    customer = session.customer()
    card = session.saved_card(customer)
    held = session.hold(customer, card)
    path = f"/v1/payment_intents/{held['id']}"
    gone = session.post(f"{path}/cancel", cancellation_reason="requested_by_customer")
    facts = (gone["status"], gone["amount_capturable"], gone["cancellation_reason"])
    session.equal("the hold is canceled", facts, ("canceled", 0, "requested_by_customer"))
    session.holds("canceled_at is set", isinstance(gone["canceled_at"], int))
    for verb in ("capture", "confirm", "cancel"):
        session.refused(
            f"{verb} of a canceled intent is refused",
            session.ask("POST", f"{path}/{verb}"),
            400,
            UNEXPECTED,
        )
    held = session.hold(customer, card)
    session.control("clock", advance=5 * DAY)
    lapsed = session.get(f"/v1/payment_intents/{held['id']}")
    session.equal("a lapsed hold is canceled", lapsed["status"], "canceled")
    session.holds(
        "the cancellation is automatic", lapsed["cancellation_reason"] in ("automatic", "expired")
    )
    listed = session.get("/v1/events", type="charge.expired", limit=100)["data"]
    about = {event["data"]["object"]["payment_intent"] for event in listed}
    session.holds("charge.expired is emitted", held["id"] in about, about)


def step_by_step(session: Session) -> None:
    """An intent can be created, completed and confirmed in separate calls."""
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
    session.equal(
        "a new intent requires a payment method", made["status"], "requires_payment_method"
    )
    session.holds(
        "it has a client secret", made["client_secret"].startswith(f"{made['id']}_secret_")
    )
    session.refused(
        "confirming without a card is refused", session.ask("POST", f"{path}/confirm"), 400
    )
    session.refused(
        "capturing before confirmation is refused",
        session.ask("POST", f"{path}/capture"),
        400,
        UNEXPECTED,
    )
    filled = session.post(path, payment_method=session.saved_card(customer))
    session.equal("with a card it requires confirmation", filled["status"], "requires_confirmation")
    session.equal(
        "the amount is held", session.post(f"{path}/confirm")["status"], "requires_capture"
    )
    card = session.saved_card(customer)
    paid = session.hold(customer, card, 900, capture_method="automatic")
    facts = (paid["status"], paid["amount_received"])
    session.equal("automatic capture", facts, ("succeeded", 900))


def declines(session: Session) -> None:
    """A bank declines, and the intent can be confirmed again."""
    customer = session.customer()
    card = session.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)[
        "id"
    ]
    answer = session.try_to_hold(customer, card)
    error = session.refused(
        "a declined card",
        answer,
        402,
        "card_declined",
        kind="card_error",
        decline_code="generic_decline",
    )
    session.holds("the error has doc_url", error.get("doc_url"))
    session.equal("the error contains the card", error["payment_method"]["id"], card)
    intent = session.get(
        f"/v1/payment_intents/{error['payment_intent']['id']}", expand=["latest_charge"]
    )
    facts: Any = (intent["status"], intent["payment_method"], intent["last_payment_error"]["code"])
    session.equal(
        "the intent can be confirmed again",
        facts,
        ("requires_payment_method", None, "card_declined"),
    )
    charge = intent["latest_charge"]
    session.equal("the error names the charge", charge["id"], error["charge"])
    facts = (charge["status"], charge["paid"], charge["outcome"]["type"])
    session.equal("the charge has failed", facts, ("failed", False, "issuer_declined"))
    good = session.saved_card(customer)
    path = f"/v1/payment_intents/{intent['id']}/confirm"
    again = session.post(path, payment_method=good, off_session="true")
    facts = (again["status"], again["last_payment_error"])
    session.equal("another card succeeds", facts, ("requires_capture", None))
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
    """A bank requires authentication: the hold fails off-session and succeeds on-session."""
    customer = session.customer()
    answer = session.try_to_hold(customer, "pm_card_authenticationRequired")
    code = "authentication_required"
    error = session.refused(
        "off-session authentication is declined",
        answer,
        402,
        code,
        kind="card_error",
        decline_code=code,
    )
    intent, card = error["payment_intent"], error["payment_method"]["id"]
    session.equal(
        "the intent requires a payment method", intent["status"], "requires_payment_method"
    )
    session.holds("the intent has a client secret", intent["client_secret"])
    path = f"/v1/payment_intents/{intent['id']}"
    asked = session.post(f"{path}/confirm", payment_method=card)
    session.equal(
        "on-session confirmation requires action",
        (asked["status"], bool(asked["next_action"])),
        ("requires_action", True),
    )
    session.refused(
        "capturing before authentication is refused",
        session.ask("POST", f"{path}/capture"),
        400,
        UNEXPECTED,
    )
    session.control(f"3ds/{intent['id']}", outcome="fail")
    failed = session.get(path)
    facts = (failed["status"], failed["last_payment_error"]["code"])
    wanted = ("requires_payment_method", "payment_intent_authentication_failure")
    session.equal("a failed challenge", facts, wanted)
    session.post(f"{path}/confirm", payment_method=card)
    session.control(f"3ds/{intent['id']}", outcome="succeed")
    session.equal(
        "a passed challenge holds the amount", session.get(path)["status"], "requires_capture"
    )


CHECKS = (capturing, canceling, step_by_step, declines, challenges)
