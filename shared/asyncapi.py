"""The AsyncAPI 3.0 description of the events, generated from the catalogue so that the two cannot
disagree.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

from shared.events import CATALOGUE, Event

Node = dict[str, Any]
# As declared by shared.topology, which is not imported because it would pull in the broker client.
EXCHANGE = "consultant-connect"
_SCHEMAS = "#/components/schemas/"

_ENVELOPE: Node = {
    "type": "object",
    "description": "AMQP headers. The other properties carry the rest of the envelope: `message_id`"
    " (UUIDv7, the same when an event is redelivered), `type` (the wire name), `timestamp`,"
    " `correlation_id` (the request id), `content_type`.",
    "required": ["producer", "aggregate_id", "sequence", "causation_id", "traceparent"],
    "properties": {
        "aggregate_id": {
            "type": "string",
            "format": "uuid",
            "description": "What the event is about: the value of the field `x-aggregate-id`.",
        },
        "sequence": {
            "type": "integer",
            "minimum": 1,
            "description": "Increases by one with each event that the producer publishes about the"
            " aggregate. An event whose sequence is not above the last one applied is stale,"
            " whenever it arrives.",
        },
        "producer": {"type": "string", "description": "The service that publishes the event."},
        "causation_id": {
            "type": "string",
            "description": "The `message_id` of the event that caused this one; of an event that"
            " no other event has caused, the id of the request, or its own id if there was none.",
        },
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
    },
}


def document(catalogue: Sequence[type[Event]] = CATALOGUE) -> Node:
    """The AsyncAPI 3.0 document of the events in `catalogue`."""
    _, schemas = msgspec.json.schema_components(catalogue, ref_template=_SCHEMAS + "{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Consultant Connect: events",
            "version": "1",
            "description": "Published at least once, numbered within each aggregate (`sequence`),"
            " in no guaranteed order; consumed effectively once. A consumer ignores fields that it"
            " does not know.",
        },
        "defaultContentType": "application/json",
        "channels": {event.TYPE: _channel(event) for event in catalogue},
        "operations": {name: op for event in catalogue for name, op in _operations(event).items()},
        "components": {
            "messages": {event.__name__: _message(event) for event in catalogue},
            "schemas": {**schemas, "Envelope": _ENVELOPE},
        },
    }


def _channel(event: type[Event]) -> Node:
    return {
        "address": event.TYPE,
        "description": inspect.getdoc(event) or event.__name__,
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": EXCHANGE,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
                "bindingVersion": "0.3.0",
            }
        },
        "x-publisher": event.PRODUCER,
        "x-consumers": list(event.CONSUMERS),
        "x-aggregate-id": event.AGGREGATE_ID,
    }


def _operations(event: type[Event]) -> Node:
    """The operation that sends the event, and one for each service that receives it."""
    channel = {"$ref": f"#/channels/{event.TYPE}"}
    messages = [{"$ref": f"#/channels/{event.TYPE}/messages/{event.__name__}"}]
    operations: Node = {
        f"{event.PRODUCER}.sends.{event.TYPE}": {
            "action": "send",
            "channel": channel,
            "messages": messages,
        }
    }
    for service in event.CONSUMERS:
        operations[f"{service}.receives.{event.TYPE}"] = {
            "action": "receive",
            "channel": channel,
            "messages": messages,
        }
    return operations


def _message(event: type[Event]) -> Node:
    return {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": inspect.getdoc(event) or event.__name__,
        "contentType": "application/json",
        "headers": {"$ref": _SCHEMAS + "Envelope"},
        "payload": {"$ref": _SCHEMAS + event.__name__},
    }
