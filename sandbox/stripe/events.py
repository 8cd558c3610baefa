"""Events, as the API shows them; `Call.emit` makes them and `delivery` sends them."""

from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import invalid
from sandbox.stripe.rows import Body


def _counted(call: Call, event: Body) -> Body:
    event["pending_webhooks"] = call.courier.pending(event["id"])
    return event


def retrieve(call: Call, identity: str) -> Body:
    """Answers an event."""
    return _counted(call, call.get("event", identity))


def index(call: Call) -> Body:
    """Lists events, the newest first."""
    params = call.params
    if params.get("type") and params.get("types"):
        raise invalid(
            "You may only specify one of these parameters: type, types.", "parameters_exclusive"
        )
    page = call.page("event", "/v1/events", type=params.get("types") or params.get("type"))
    page["data"] = [_counted(call, event) for event in page["data"]]
    return page


ROUTES: Routes = {
    ("GET", "/v1/events"): index,
    ("GET", "/v1/events/{id}"): retrieve,
}
