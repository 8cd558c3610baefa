"""Events of complete flows are signed and delivered to the endpoints that subscribe to them."""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from sandbox.stripe.conformance.connect import account_v1
from sandbox.stripe.conformance.receiver import Delivery
from sandbox.stripe.conformance.session import Body, Session


class Listening(NamedTuple):
    """Endpoints created for a check, with their secrets by path."""

    session: Session
    secrets: dict[str, str]

    def received(self, kind: str, identity: str | None = None, path: str = "/all") -> Body:
        """The delivered event of that type and object; checks its signature and schema."""

        def wanted(delivery: Delivery) -> bool:
            event = delivery.event
            about = event["data"]["object"].get("id")
            return (
                delivery.path == path
                and event["type"] == kind
                and (identity is None or about == identity)
            )

        delivery = self.session.receiver.wait_for(wanted)
        self.session.holds(f"{kind} is delivered", delivery)
        if delivery is None:
            return {}
        event = delivery.event
        signed = delivery.signed_with(self.secrets[path])
        self.session.holds(f"{kind} is signed", signed)
        for what, body in ((kind, event), (f"{kind}'s object", event["data"]["object"])):
            faults = self.session.described.object_errors(body)
            self.session.holds(f"{what} follows the description", not faults, "; ".join(faults[:3]))
        return event


@contextlib.contextmanager
def listening(session: Session) -> Iterator[Listening]:
    """Three endpoints: for all events, for one type, and for connected accounts."""
    made, secrets = list[str](), dict[str, str]()
    for path, more in (
        ("/all", {"enabled_events": ["*"]}),
        ("/one", {"enabled_events": ["payment_intent.succeeded"]}),
        ("/connect", {"enabled_events": ["account.updated"], "connect": "true"}),
    ):
        url = f"{session.receiver.url}{path}"
        endpoint = session.post("/v1/webhook_endpoints", url=url, **more)
        secrets[path] = endpoint["secret"]
        made.append(endpoint["id"])
    try:
        yield Listening(session, secrets)
    finally:
        for identity in made:
            session.delete(f"/v1/webhook_endpoints/{identity}")


def endpoints(session: Session) -> None:
    """An endpoint shows its secret once."""
    url = f"{session.receiver.url}/none"
    made = session.post("/v1/webhook_endpoints", url=url, enabled_events=["charge.failed"])
    session.holds("the secret is shown on creation", str(made["secret"]).startswith("whsec_"))
    path = f"/v1/webhook_endpoints/{made['id']}"
    session.holds("the secret is not shown again", not session.get(path).get("secret"))
    session.delete(path)
    params: Any = {"url": url, "enabled_events": ["no.such"]}
    session.refused(
        "an unknown event type is refused",
        session.ask("POST", "/v1/webhook_endpoints", params),
        400,
    )


def a_payment(session: Session) -> None:
    """Each step of a payment emits an event, with the object as of that time."""
    with listening(session) as endpoint:
        customer = session.customer()
        endpoint.received("customer.created", customer)
        card = session.saved_card(customer)
        endpoint.received("payment_method.attached", card)
        endpoint.received("setup_intent.succeeded")
        intent = session.try_to_hold(
            customer, card, key="webhooks-hold-1", metadata={"booking_id": "b9"}
        ).body
        endpoint.received("payment_intent.created", intent["id"])
        held = endpoint.received("payment_intent.amount_capturable_updated", intent["id"])
        endpoint.received("charge.succeeded", intent["latest_charge"])
        path = f"/v1/payment_intents/{intent['id']}"
        session.post(f"{path}/capture")
        done = endpoint.received("payment_intent.succeeded", intent["id"])
        endpoint.received("charge.captured", intent["latest_charge"])
        session.equal(
            "the event names the API version", held.get("api_version"), session.described.version
        )
        session.equal(
            "the event names the idempotency key",
            held["request"]["idempotency_key"],
            "webhooks-hold-1",
        )
        statuses = [event["data"]["object"]["status"] for event in (held, done)]
        session.equal(
            "each event has the object as of its time", statuses, ["requires_capture", "succeeded"]
        )
        stored = session.get(f"/v1/events/{held['id']}")
        session.equal("the stored event is unchanged", stored["data"], held["data"])
        kinds = {one["type"] for one in session.get("/v1/events", type="charge.*")["data"]}
        session.holds(
            "events are listed by pattern",
            kinds and all(kind.startswith("charge.") for kind in kinds),
        )
        refund = session.post("/v1/refunds", payment_intent=intent["id"], amount=500)
        endpoint.received("refund.created", refund["id"])
        endpoint.received("charge.refunded", intent["latest_charge"])
        endpoint.received("payment_intent.succeeded", intent["id"], "/one")
        others = {one.event["type"] for one in session.receiver.all_of("/one")}
        session.equal(
            "an endpoint receives only its event types", others, {"payment_intent.succeeded"}
        )


def failures(session: Session) -> None:
    """Declines, challenges, cancellations and disputes emit events."""
    with listening(session) as endpoint:
        customer = session.customer()
        bad = session.post(
            "/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer
        )["id"]
        error = session.try_to_hold(customer, bad).error
        failed = endpoint.received("payment_intent.payment_failed", error["payment_intent"]["id"])
        last = failed["data"]["object"]["last_payment_error"]
        session.equal("the event has the decline code", last["code"], "card_declined")
        endpoint.received("charge.failed", error["charge"])
        setup = session.post("/v1/setup_intents", customer=customer)["id"]
        path = f"/v1/setup_intents/{setup}/confirm"
        session.ask("POST", path, {"payment_method": "pm_card_visa_chargeDeclined"})
        endpoint.received("setup_intent.setup_failed", setup)
        session.post(path, payment_method="pm_card_authenticationRequiredOnSetup")
        endpoint.received("setup_intent.requires_action", setup)
        intent = session.hold(customer, session.saved_card(customer))
        session.post(f"/v1/payment_intents/{intent['id']}/cancel")
        endpoint.received("payment_intent.canceled", intent["id"])
        captured = session.captured()
        dispute = session.control("disputes", charge=captured["latest_charge"], outcome="lost")
        for kind in ("created", "funds_withdrawn", "closed"):
            endpoint.received(f"charge.dispute.{kind}", dispute["id"])


def payouts(session: Session) -> None:
    """Events of transfers are sent to the platform, those of accounts to the Connect endpoint."""
    with listening(session) as endpoint:
        account = account_v1(session)
        session.control(f"accounts/{account}/onboard", outcome="complete")
        event = endpoint.received("account.updated", account, "/connect")
        session.equal("the event names the account", event.get("account"), account)
        charge = session.captured()["latest_charge"]
        wanted = {"currency": "usd", "destination": account, "source_transaction": charge}
        sent = session.post("/v1/transfers", amount=4000, **wanted)
        endpoint.received("transfer.created", sent["id"])
        session.post(f"/v1/transfers/{sent['id']}/reversals", amount=100)
        endpoint.received("transfer.reversed", sent["id"])
        kinds = {one.event["type"] for one in session.receiver.all_of("/all")}
        session.holds(
            "the platform does not receive the account's events", "account.updated" not in kinds
        )


CHECKS = (endpoints, a_payment, failures, payouts)
