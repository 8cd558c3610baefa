"""Operations that the project needs and Stripe's cut description lacks: disputes.

Written from Stripe's published reference; the `dispute` object itself is in the description.
"""

from typing import Any

_TEXT = {"type": "string"}
_EXPAND = {"type": "array", "items": _TEXT}
_METADATA = {
    "anyOf": [{"type": "object", "additionalProperties": _TEXT}, {"type": "string", "enum": [""]}]
}
_CREATED = {"anyOf": [{"$ref": "#/components/schemas/RangeQueryParam"}, {"type": "integer"}]}
_DISPUTE = {"$ref": "#/components/schemas/dispute"}
_EVIDENCE = (
    "access_activity_log",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "uncategorized_text",
)


def _params(title: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "properties": properties,
        "additionalProperties": False,
    }


SCHEMAS: dict[str, dict[str, Any]] = {
    "DisputeListParams": _params(
        "DisputeListParams",
        charge=_TEXT,
        created=_CREATED,
        payment_intent=_TEXT,
        ending_before=_TEXT,
        starting_after=_TEXT,
        limit={"type": "integer"},
        expand=_EXPAND,
    ),
    "DisputeUpdateParams": _params(
        "DisputeUpdateParams",
        evidence=_params("Evidence", **dict.fromkeys(_EVIDENCE, _TEXT)),
        submit={"type": "boolean"},
        metadata=_METADATA,
        expand=_EXPAND,
    ),
    "DisputeRetrieveParams": _params("DisputeRetrieveParams", expand=_EXPAND),
}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}


def _query(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {"x-query": {"$ref": f"#/components/schemas/{name}"}, "responses": _answer(answer)}


def _form(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    return {"requestBody": body, "responses": _answer(_DISPUTE)}


_LIST = {
    "type": "object",
    "required": ["data", "has_more", "object", "url"],
    "properties": {
        "object": {"type": "string", "enum": ["list"]},
        "data": {"type": "array", "items": _DISPUTE},
        "has_more": {"type": "boolean"},
        "url": _TEXT,
    },
}

OPERATIONS: dict[str, dict[str, Any]] = {
    "/v1/disputes": {"get": _query("DisputeListParams", _LIST)},
    "/v1/disputes/{id}": {
        "get": _query("DisputeRetrieveParams", _DISPUTE),
        "post": _form("DisputeUpdateParams"),
    },
    "/v1/disputes/{id}/close": {"post": _form("DisputeRetrieveParams")},
}
