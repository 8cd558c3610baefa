"""Events, as the API shows them; `Call.emit` makes them and `delivery` sends them.

Those of a connected account belong to it: the platform lists them with the Stripe-Account header,
and its Connect endpoints receive them.
"""

from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import invalid, missing
from sandbox.stripe.rows import Body


def _counted(call: Call, event: Body) -> Body:
    event["pending_webhooks"] = call.dispatcher.pending(event["id"])
    return event


def _shelf(call: Call) -> str:
    return f"event@{call.account}" if call.account else "event"


def retrieve(call: Call, identity: str) -> Body:
    """Returns an event of this account; those of other accounts do not exist for it."""
    event = call.get("event", identity)
    if call.store.shelf(identity) != _shelf(call):
        raise missing("event", identity)
    return _counted(call, event)


def index(call: Call) -> Body:
    """Lists the events of this account, the newest first; `charge.*` stands for all of its kind."""
    params = call.params
    if params.get("type") and params.get("types"):
        raise invalid(
            "You may only specify one of these parameters: type, types.", "parameters_exclusive"
        )
    page = call.page(_shelf(call), "/v1/events", type=params.get("types") or params.get("type"))
    page["data"] = [_counted(call, event) for event in page["data"]]
    return page


ROUTES: Routes = {
    ("GET", "/v1/events"): index,
    ("GET", "/v1/events/{id}"): retrieve,
}
