"""Webhook endpoints: where events are sent, for the platform or for its connected accounts."""

import re

from sandbox.stripe.call import Call, Routes, random_text
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body

PLAIN = ("url", "enabled_events", "description")


def _check(call: Call) -> None:
    url = call.params.get("url")
    if url is not None and not re.match(r"https?://[^/\s]+", url):
        message = "Invalid URL: An explicit scheme (such as https) must be provided."
        raise refused(message, "url_invalid", "url")
    for index, kind in enumerate(call.params.get("enabled_events") or []):
        if kind != "*" and kind not in call.spec.event_types:
            raise refused(
                f"Invalid enabled_events[{index}]: unknown event {kind}", None, "enabled_events"
            )


def create(call: Call) -> Body:
    """Creates a webhook endpoint."""
    _check(call)
    params, secret = call.params, f"whsec_{random_text(32)}"
    endpoint = call.new(
        "webhook_endpoint",
        secret={"secret": secret, "connect": bool(params.get("connect"))},
        url=params["url"],
        enabled_events=params["enabled_events"],
        status="enabled",
        metadata={},
        description=params.get("description"),
        api_version=params.get("api_version"),
    )
    call.merge_metadata(endpoint, params.get("metadata"))
    _changed(call)
    return {**endpoint, "secret": secret}  # this once


def _changed(call: Call) -> None:
    call.store.flush()
    call.dispatcher.refresh()


def retrieve(call: Call, identity: str) -> Body:
    """Returns a webhook endpoint."""
    return call.get("webhook_endpoint", identity)


def update(call: Call, identity: str) -> Body:
    """Updates a webhook endpoint."""
    _check(call)
    endpoint, params = call.get("webhook_endpoint", identity), call.params
    endpoint.update({name: params[name] for name in PLAIN if name in params})
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    call.merge_metadata(endpoint, params.get("metadata"))
    _changed(call)
    return endpoint


def delete(call: Call, identity: str) -> Body:
    """Deletes a webhook endpoint."""
    endpoint = call.get("webhook_endpoint", identity)
    call.store.unlist(identity)
    endpoint.clear()
    endpoint.update(id=identity, object="webhook_endpoint.deleted")
    _changed(call)
    return {"id": identity, "object": "webhook_endpoint", "deleted": True}


def index(call: Call) -> Body:
    """Lists webhook endpoints, newest first."""
    return call.page("webhook_endpoint", "/v1/webhook_endpoints")


ROUTES: Routes = {
    ("POST", "/v1/webhook_endpoints"): create,
    ("GET", "/v1/webhook_endpoints"): index,
    ("GET", "/v1/webhook_endpoints/{id}"): retrieve,
    ("POST", "/v1/webhook_endpoints/{id}"): update,
    ("DELETE", "/v1/webhook_endpoints/{id}"): delete,
}
