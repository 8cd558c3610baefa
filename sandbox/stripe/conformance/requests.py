"""Requests in general: keys, errors, parameters, idempotency, lists, searches, limits."""

import threading
import uuid
from typing import Any

from sandbox.stripe.conformance.session import Body, Session


def keys(session: Session) -> None:
    """An API key is required, and a publishable key is restricted."""
    for what, secret in (("no key", ""), ("nonsense", "nonsense")):
        answer = session.ask("GET", "/v1/customers", secret=secret)
        session.refused(f"{what} is 401", answer, 401)
    for method, path in (("POST", "/v1/customers"), ("GET", "/v1/customers")):
        answer = session.ask(method, path, secret=session.publishable_key)
        session.holds(f"a publishable key may not {method} customers", answer.status in (401, 403))


def errors(session: Session) -> None:
    """Errors have a status, a code and a parameter."""
    version = session.ask("GET", "/v1/customers").headers.get("stripe-version")
    session.equal("the response names the API version", version, session.described.version)
    for noun in ("customers/cus_none", "payment_intents/pi_none", "charges/ch_none"):
        answer = session.ask("GET", f"/v1/{noun}")
        session.refused(f"{noun} is unknown", answer, 404, "resource_missing")
    answer = session.ask("GET", "/v1/no_such_thing")
    session.equal("an unknown URL is 404", answer.status, 404)
    session.equal("the response is JSON", answer.error.get("type"), "invalid_request_error")
    amount: dict[str, Any] = {"amount": 500, "currency": "usd"}
    for what, params, code, param in (
        ("no amount", {"currency": "usd"}, "parameter_missing", "amount"),
        ("an unknown parameter", {**amount, "colour": "red"}, "parameter_unknown", "colour"),
        ("an amount below the minimum", {**amount, "amount": 10}, "amount_too_small", "amount"),
        (
            "an amount above the maximum",
            {**amount, "amount": 100_000_000},
            "amount_too_large",
            "amount",
        ),
        (
            "an amount that is not an integer",
            {**amount, "amount": "12.50"},
            "parameter_invalid_integer",
            "amount",
        ),
        ("an unknown currency", {**amount, "currency": "zzz"}, None, "currency"),
        (
            "payment_method_types",
            {**amount, "payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ("off_session alone", {**amount, "off_session": "true"}, None, "off_session"),
    ):
        answer = session.ask("POST", "/v1/payment_intents", params)
        wanted: Body = {"param": param, **({"code": code} if code else {})}
        session.refused(f"{what} is refused", answer, 400, **wanted)


def limits(session: Session) -> None:
    """Metadata, keys, versions and addresses have limits."""
    for what, metadata in (
        ("a key of 41 characters", {"k" * 41: "v"}),
        ("a value of 501 characters", {"key": "v" * 501}),
        ("51 keys", {f"key{number}": "v" for number in range(51)}),
    ):
        answer = session.ask("POST", "/v1/customers", {"metadata": metadata})
        session.refused(f"metadata: {what} is refused", answer, 400)
    longest = session.post("/v1/customers", metadata={"k" * 40: "v" * 500})["metadata"]
    session.equal("the longest allowed metadata is stored", longest, {"k" * 40: "v" * 500})
    answer = session.ask("POST", "/v1/customers", {}, key="k" * 256)
    session.holds("an idempotency key of 256 characters is refused", answer.status == 400)
    answer = session.ask("GET", "/v1/customers", headers={"Stripe-Version": "nonsense"})
    session.refused("an invalid API version is refused", answer, 400)
    answer = session.ask("POST", "/v1/customers", {"email": "nobody"})
    session.refused(
        "an invalid e-mail address is refused", answer, 400, "email_invalid", param="email"
    )


def idempotency(session: Session) -> None:
    """A repeated idempotency key gets the first response."""
    customer = session.customer()
    card = session.saved_card(customer)
    key = f"hold-{uuid.uuid4()}"
    first = session.try_to_hold(customer, card, key=key)
    again = session.try_to_hold(customer, card, key=key)
    session.equal("the first response is repeated", again.body["id"], first.body["id"])
    session.equal("idempotent-replayed is set", again.headers.get("idempotent-replayed"), "true")
    original = again.headers.get("original-request")
    session.equal(
        "original-request names the first request", original, first.headers.get("request-id")
    )
    listed = session.get("/v1/payment_intents", customer=customer)["data"]
    session.equal("only one intent is created", len(listed), 1)
    other = session.try_to_hold(customer, card, 6000, key=key)
    session.refused("other parameters are refused", other, 400, kind="idempotency_error")
    path = f"/v1/payment_intents/{first.body['id']}/capture"
    elsewhere = session.ask("POST", path, {}, key=key)
    session.refused("another operation is refused", elsewhere, 400, kind="idempotency_error")
    key = f"capture-{uuid.uuid4()}"
    both = [session.post(path, key) for _ in range(2)]
    session.equal("a capture is replayed, not repeated", both[0], both[1])

    key, declined = f"decline-{uuid.uuid4()}", "pm_card_visa_chargeDeclined"
    errors = [session.try_to_hold(customer, declined, key=key) for _ in range(2)]
    session.equal("a decline is replayed", errors[0].error, errors[1].error)
    session.equal("the replay has the same status", errors[1].status, 402)
    key = f"fault-{uuid.uuid4()}"
    session.ask("POST", "/v1/customers", {"colour": "red"}, key=key)
    answer = session.ask("POST", "/v1/customers", {"name": "Ada"}, key=key)
    session.equal("invalid parameters do not use up the key", answer.status, 200)


def idempotency_at_once(session: Session) -> None:
    """Of many concurrent requests with one key, only one is executed."""
    key, answers = f"race-{uuid.uuid4()}", list[tuple[int, str | None]]()

    def ask() -> None:
        answer = session.http.post(
            "/v1/customers",
            data={"name": "Ada"},
            headers={"Authorization": f"Bearer {session.secret_key}", "Idempotency-Key": key},
        )
        body = answer.json()
        answers.append((answer.status_code, body.get("id") or body["error"].get("code")))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = {identity for status, identity in answers if status == 200}
    session.equal("one object is created", len(made), 1)
    others = {answer for answer in answers if answer[0] != 200}
    session.holds(
        "the other requests wait or are refused",
        others <= {(409, "idempotency_key_in_use")},
        others,
    )


def lists(session: Session) -> None:
    """Lists are paged, newest first."""
    made = [session.customer() for _ in range(5)][::-1]
    page = session.get("/v1/customers", limit=2)
    session.equal("newest first", [one["id"] for one in page["data"]], made[:2])
    session.equal("has_more is set", (page["has_more"], page["url"]), (True, "/v1/customers"))
    then = session.get("/v1/customers", limit=2, starting_after=made[1])
    session.equal("the next page", [one["id"] for one in then["data"]], made[2:4])
    back = session.get("/v1/customers", limit=2, ending_before=made[2])
    session.equal("the page before", [one["id"] for one in back["data"]], made[:2])
    for params in ({"limit": 101}, {"limit": 0}, {"starting_after": "cus_none"}):
        answer = session.ask("GET", "/v1/customers", params)
        session.holds(f"{params} is refused", answer.status in (400, 404), answer.status)
    newest = session.get(f"/v1/customers/{made[0]}")
    found = session.get("/v1/customers", email=newest["email"])["data"]
    session.equal("found by address", [one["id"] for one in found], [made[0]])
    later = session.get("/v1/customers", **{"created[gt]": newest["created"] + 3600})
    session.equal("created[gt] filters", later["data"], [])


def searches(session: Session) -> None:
    """Search finds intents, charges and customers by their fields."""
    mark = uuid.uuid4().hex
    intent = session.captured(7700, metadata={"mark": mark})
    charge = intent["latest_charge"]
    marked = f"metadata['mark']:'{mark}'"
    for noun, query, expected in (
        ("payment_intents", marked, [intent["id"]]),
        ("payment_intents", f"{marked} AND status:'succeeded'", [intent["id"]]),
        ("payment_intents", f"{marked} AND -status:'succeeded'", []),
        ("payment_intents", f"{marked} AND amount>7699 AND currency:'usd'", [intent["id"]]),
        ("payment_intents", f"{marked} AND amount>7700", []),
        ("charges", f"{marked} AND amount:7700", [charge]),
        ("charges", f"{marked} AND refunded:'true'", []),
        ("customers", marked, []),
    ):
        page = session.get(f"/v1/{noun}/search", query=query)
        session.equal(f"{noun}: {query}", [one["id"] for one in page["data"]], expected)
        session.equal(f"{noun}: object is search_result", page["object"], "search_result")
    for query in ("status", "colour:'red'", "amount:'many'"):
        answer = session.ask("GET", "/v1/charges/search", {"query": query})
        session.refused(f"{query} is refused", answer, 400, param="query")


CHECKS = (keys, errors, limits, idempotency, idempotency_at_once, lists, searches)
