"""The AsyncAPI document matches the catalogue."""

import jsonschema
import msgspec

from shared.asyncapi import EXCHANGE, document
from shared.events import BY_TYPE, CATALOGUE
from shared.topology import EXCHANGE as DECLARED


def test_every_event_is_described_with_its_producer_and_consumers() -> None:
    described = document()
    assert set(described["channels"]) == set(BY_TYPE)
    for event in CATALOGUE:
        channel = described["channels"][event.TYPE]
        assert (channel["x-publisher"], channel["x-consumers"]) == (
            event.PRODUCER,
            list(event.CONSUMERS),
        )
        receivers = {
            name.partition(".")[0]
            for name, operation in described["operations"].items()
            if operation["action"] == "receive"
            and operation["channel"] == {"$ref": f"#/channels/{event.TYPE}"}
        }
        assert receivers == set(event.CONSUMERS)
        payload = described["components"]["schemas"][event.__name__]
        assert set(payload["properties"]) == {
            field.encode_name for field in msgspec.structs.fields(event)
        }
        jsonschema.Draft202012Validator.check_schema(payload)


def test_references_lead_somewhere() -> None:
    described = document()

    def follow(node: object) -> int:
        if isinstance(node, list):
            return sum(map(follow, node))
        if not isinstance(node, dict):
            return 0
        count = sum(map(follow, node.values()))
        if "$ref" in node:
            target: object = described
            for part in str(node["$ref"]).removeprefix("#/").split("/"):
                assert isinstance(target, dict)
                target = target[part]
            count += 1
        return count

    assert follow(described) > len(CATALOGUE)


def test_exchange_is_the_one_that_is_declared() -> None:
    assert EXCHANGE == DECLARED.name
