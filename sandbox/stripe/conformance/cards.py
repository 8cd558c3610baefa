"""Customers, and saving cards from the server and from a browser."""

import httpx

from sandbox.stripe.conformance.session import Body, Session

BROWSER = {"Origin": "http://localhost:5173"}


def customers(session: Session) -> None:
    """Customers are created, changed and deleted."""
    made = session.post("/v1/customers", email="ada@example.com", metadata={"user_id": "42"})
    path = f"/v1/customers/{made['id']}"
    session.holds("id begins with cus_", made["id"].startswith("cus_"), made["id"])
    session.equal("GET returns the created customer", session.get(path), made)
    changed = session.post(path, name="Ada L.", metadata={"other": "1"})
    session.equal("metadata is merged", changed["metadata"], {"user_id": "42", "other": "1"})
    changed = session.post(path, metadata={"other": ""})
    session.equal("an empty value removes a metadata key", changed["metadata"], {"user_id": "42"})
    changed = session.ask("POST", path, {"metadata": ""}).body
    session.equal("an empty map removes all metadata", changed["metadata"], {})
    session.equal("DELETE marks the customer as deleted", session.delete(path)["deleted"], True)
    session.equal(
        "a deleted customer can still be read", session.ask("GET", path).body.get("deleted"), True
    )
    answer = session.ask("POST", "/v1/setup_intents", {"customer": made["id"]})
    session.refused("a deleted customer is refused", answer, 400, "resource_missing")


def setting_up(session: Session) -> None:
    """A SetupIntent saves a card for its customer."""
    customer = session.customer()
    intent = session.post(
        "/v1/setup_intents",
        customer=customer,
        usage="off_session",
        allowed_payment_method_types=["card"],
    )
    path = f"/v1/setup_intents/{intent['id']}"
    session.equal(
        "a new intent requires a payment method", intent["status"], "requires_payment_method"
    )
    secret = intent["client_secret"]
    session.holds("it has a client secret", secret.startswith(f"{intent['id']}_secret_"))
    answer = session.ask("POST", f"{path}/confirm")
    session.holds("confirming without a card is refused", answer.status == 400, answer.status)
    done = session.post(f"{path}/confirm", payment_method="pm_card_visa")
    session.equal("confirming with a card succeeds", done["status"], "succeeded")
    session.holds(
        "the latest attempt is recorded", str(done["latest_attempt"]).startswith("setatt_")
    )
    card = session.get(f"/v1/payment_methods/{done['payment_method']}")
    facts = (card["customer"], card["card"]["brand"], card["card"]["last4"])
    session.equal("the card is attached to the customer", facts, (customer, "visa", "4242"))
    for url, more in (
        (f"/v1/customers/{customer}/payment_methods", {}),
        ("/v1/payment_methods", {"customer": customer}),
    ):
        listed = session.get(url, type="card", **more)["data"]
        session.equal(f"{url} lists the card", [one["id"] for one in listed], [card["id"]])
    settings = {"default_payment_method": card["id"]}
    changed = session.post(f"/v1/customers/{customer}", invoice_settings=settings)
    default = changed["invoice_settings"]["default_payment_method"]
    session.equal("the card can be the default", default, card["id"])
    whole = session.get(path, expand=["payment_method", "customer"])
    session.equal("payment_method is expanded", whole["payment_method"]["id"], card["id"])
    session.equal("customer is expanded", whole["customer"]["id"], customer)
    again = session.ask("POST", f"{path}/confirm", {"payment_method": "pm_card_visa"})
    session.refused("a second confirmation is refused", again, 400, "setup_intent_unexpected_state")


def declined_set_ups(session: Session) -> None:
    """A bank may decline a card during set-up; the intent can be confirmed again."""
    customer = session.customer()
    for card, decline in (
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ):
        intent = session.post("/v1/setup_intents", customer=customer)
        path = f"/v1/setup_intents/{intent['id']}"
        answer = session.ask("POST", f"{path}/confirm", {"payment_method": card})
        error = session.refused(
            card, answer, 402, "card_declined", kind="card_error", decline_code=decline
        )
        shown = (error.get("setup_intent") or {}).get("id")
        session.equal(f"{card}: the error contains the intent", shown, intent["id"])
        after = session.get(path)
        session.equal(
            f"{card}: the intent requires a payment method again",
            after["status"],
            "requires_payment_method",
        )
        last = (after["last_setup_error"] or {}).get("code")
        session.equal(f"{card}: last_setup_error has the code", last, "card_declined")
    attach = session.ask(
        "POST", "/v1/payment_methods/pm_card_visa_chargeDeclined/attach", {"customer": customer}
    )
    session.refused(
        "a declined card cannot be attached", attach, 402, "card_declined", kind="card_error"
    )
    intent = session.post("/v1/setup_intents", customer=customer)
    path = f"/v1/setup_intents/{intent['id']}"
    gone = session.post(f"{path}/cancel", cancellation_reason="abandoned")
    facts = (gone["status"], gone["cancellation_reason"])
    session.equal("the intent is canceled", facts, ("canceled", "abandoned"))
    answer = session.ask("POST", f"{path}/confirm", {"payment_method": "pm_card_visa"})
    session.refused(
        "a canceled intent cannot be confirmed", answer, 400, "setup_intent_unexpected_state"
    )


def challenged_set_ups(session: Session) -> None:
    """A bank may require the cardholder to authenticate."""
    customer = session.customer()
    intent = session.post("/v1/setup_intents", customer=customer, usage="off_session")
    path, card = f"/v1/setup_intents/{intent['id']}", "pm_card_authenticationRequiredOnSetup"
    asked = session.post(f"{path}/confirm", payment_method=card)
    session.equal(
        "the intent requires action",
        (asked["status"], bool(asked["next_action"])),
        ("requires_action", True),
    )
    session.control(f"3ds/{intent['id']}", outcome="fail")
    failed = session.get(path)
    facts = (failed["status"], failed["last_setup_error"]["code"])
    wanted = ("requires_payment_method", "setup_intent_authentication_failure")
    session.equal("a failed challenge leads back to requires_payment_method", facts, wanted)
    session.post(f"{path}/confirm", payment_method=card)
    session.control(f"3ds/{intent['id']}", outcome="succeed")
    done = session.get(path)
    session.equal("a passed challenge succeeds", done["status"], "succeeded")
    held = session.hold(customer, done["payment_method"])
    session.equal(
        "a card that was set up is not challenged off-session", held["status"], "requires_capture"
    )


def detaching(session: Session) -> None:
    """A detached card cannot be used, nor the card of another customer."""
    customer = session.customer()
    card = session.saved_card(customer)
    answer = session.try_to_hold(session.customer(), card)
    session.refused("a card of another customer is refused", answer, 400)
    params = {
        "amount": 500,
        "currency": "usd",
        "payment_method": card,
        "confirm": "true",
        "allowed_payment_method_types": ["card"],
    }
    answer = session.ask("POST", "/v1/payment_intents", params)
    session.refused("a saved card without its customer is refused", answer, 400)
    gone = session.post(f"/v1/payment_methods/{card}/detach")
    session.equal("detaching removes the customer", gone["customer"], None)
    session.refused("a detached card is refused", session.try_to_hold(customer, card), 400)


def browsers(session: Session) -> None:
    """A browser confirms an intent with publishable key, client secret and card data."""
    customer = session.customer()
    intent = session.post("/v1/setup_intents", customer=customer)
    path = f"/v1/setup_intents/{intent['id']}"
    known = {"key": session.publishable_key, "client_secret": intent["client_secret"]}

    def ask(method: str, params: Body, verb: str = "") -> httpx.Response:
        more = {"params": params} if method == "GET" else {"data": params}
        return session.http.request(method, f"{path}{verb}", headers=BROWSER, **more)  # type: ignore[arg-type]

    session.equal("a browser can read the intent", ask("GET", known).status_code, 200)
    wrong = {**known, "client_secret": f"{intent['id']}_secret_wrong"}
    session.holds("a wrong client secret is refused", 400 <= ask("GET", wrong).status_code < 500)
    card = {
        "payment_method_data[type]": "card",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "123",
        "use_stripe_sdk": "true",
    }
    number = "payment_method_data[card][number]"
    for digits, code in (
        ("4242424242424241", "incorrect_number"),
        ("4000000000000002", "card_declined"),
    ):
        answer = ask("POST", {**known, **card, number: digits}, "/confirm")
        session.equal(digits, (answer.status_code, answer.json()["error"]["code"]), (402, code))
    answer = ask("POST", {**known, **card, number: "4242424242424242"}, "/confirm")
    session.equal(
        "a valid card is saved", (answer.status_code, answer.json()["status"]), (200, "succeeded")
    )
    faults = session.described.object_errors(answer.json())
    session.holds("the intent follows the description", not faults, faults)
    origin = answer.headers.get("access-control-allow-origin")
    session.holds("CORS allows the origin", origin in ("*", BROWSER["Origin"]), origin)
    preflight = session.http.request(
        "OPTIONS", f"{path}/confirm", headers={**BROWSER, "Access-Control-Request-Method": "POST"}
    )
    session.holds(
        "the preflight request succeeds", preflight.status_code < 300, preflight.status_code
    )
    script = session.http.get("/v3/")
    session.holds(
        "the browser script is served", script.status_code == 200 and "Stripe" in script.text
    )


CHECKS = (customers, setting_up, declined_set_ups, challenged_set_ups, detaching, browsers)
