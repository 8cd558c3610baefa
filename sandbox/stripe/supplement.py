"""Operations that the project needs and Stripe's cut description lacks: disputes, files, the search
for charges.

Written from Stripe's published reference; `dispute` and `charge` themselves are in the description.
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
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


_PURPOSES = [
    "account_requirement",
    "additional_verification",
    "business_icon",
    "business_logo",
    "customer_signature",
    "dispute_evidence",
    "identity_document",
    "pci_document",
    "tax_document_user_upload",
    "terminal_reader_splashscreen",
]
_PURPOSE = {"type": "string", "enum": _PURPOSES}
_FILE = {"$ref": "#/components/schemas/file"}
_CHARGE = {"$ref": "#/components/schemas/charge"}


def _nullable(kind: str) -> dict[str, Any]:
    return {"type": kind, "nullable": True}


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
    "ChargeSearchParams": {
        **_params(
            "ChargeSearchParams",
            query=_TEXT,
            limit={"type": "integer"},
            page=_TEXT,
            expand=_EXPAND,
        ),
        "required": ["query"],
    },
    "FileCreateParams": {
        **_params(
            "FileCreateParams",
            file={"type": "object", "properties": {}, "additionalProperties": True},
            purpose=_PURPOSE,
            expand=_EXPAND,
        ),
        "required": ["file", "purpose"],
    },
    "FileListParams": _params(
        "FileListParams",
        purpose=_PURPOSE,
        created=_CREATED,
        ending_before=_TEXT,
        starting_after=_TEXT,
        limit={"type": "integer"},
        expand=_EXPAND,
    ),
    "FileRetrieveParams": _params("FileRetrieveParams", expand=_EXPAND),
    "file": {
        "type": "object",
        "title": "file",
        "required": [
            "created",
            "expires_at",
            "filename",
            "id",
            "links",
            "object",
            "purpose",
            "size",
            "title",
            "type",
            "url",
        ],
        "properties": {
            "created": {"type": "integer"},
            "expires_at": _nullable("integer"),
            "filename": _nullable("string"),
            "id": _TEXT,
            "links": _nullable("object"),
            "object": {"type": "string", "enum": ["file"]},
            "purpose": _PURPOSE,
            "size": {"type": "integer"},
            "title": _nullable("string"),
            "type": _nullable("string"),
            "url": _nullable("string"),
        },
    },
}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}


def _query(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {"x-query": {"$ref": f"#/components/schemas/{name}"}, "responses": _answer(answer)}


def _form(name: str, answer: dict[str, Any] = _DISPUTE) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    return {"requestBody": body, "responses": _answer(answer)}


def _list(item: dict[str, Any], kind: str = "list") -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["data", "has_more", "object", "url"],
        "properties": {
            "object": {"type": "string", "enum": [kind]},
            "data": {"type": "array", "items": item},
            "has_more": {"type": "boolean"},
            "url": _TEXT,
        },
    }


OPERATIONS: dict[str, dict[str, Any]] = {
    "/v1/disputes": {"get": _query("DisputeListParams", _list(_DISPUTE))},
    "/v1/disputes/{id}": {
        "get": _query("DisputeRetrieveParams", _DISPUTE),
        "post": _form("DisputeUpdateParams"),
    },
    "/v1/disputes/{id}/close": {"post": _form("DisputeRetrieveParams")},
    "/v1/files": {
        "get": _query("FileListParams", _list(_FILE)),
        "post": _form("FileCreateParams", _FILE),
    },
    "/v1/files/{id}": {"get": _query("FileRetrieveParams", _FILE)},
    "/v1/charges/search": {"get": _query("ChargeSearchParams", _list(_CHARGE, "search_result"))},
}
