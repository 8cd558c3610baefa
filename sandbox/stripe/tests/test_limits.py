"""What Stripe refuses, and what it can be asked for: limits of headers and metadata, searches,
lists of events and balance transactions, files.
"""

from typing import Any

import httpx
import pytest

from sandbox.stripe.tests.stand import KEY, Body, Stand


def raw(stripe: Stand, method: str, path: str, **more: object) -> httpx.Response:
    headers = KEY | dict(more.pop("headers", {}))  # type: ignore[call-overload]
    return stripe.http.request(method, path, headers=headers, **more)  # type: ignore[arg-type]


# ---- limits


@pytest.mark.parametrize(
    "metadata",
    [
        {"k" * 41: "v"},
        {"key": "v" * 501},
        {f"key{number}": "v" for number in range(51)},
    ],
)
def test_metadata_has_limits(stripe: Stand, metadata: dict[str, str]) -> None:
    error = stripe.post("/v1/customers", expect=400, metadata=metadata)["error"]
    assert error["param"].startswith("metadata")
    assert stripe.get("/v1/customers")["data"] == []


def test_metadata_up_to_its_limits_is_kept_and_merging_counts(stripe: Stand) -> None:
    full = {f"{'k' * 37}{number:03}": "v" * 500 for number in range(50)}
    customer = stripe.post("/v1/customers", metadata=full)
    assert customer["metadata"] == full
    path = f"/v1/customers/{customer['id']}"
    stripe.post(path, expect=400, metadata={"one more": "v"})
    assert stripe.get(path)["metadata"] == full


def test_idempotency_keys_have_a_limit(stripe: Stand) -> None:
    stripe.post("/v1/customers", key="k" * 255)
    error = stripe.post("/v1/customers", key="k" * 256, expect=400)["error"]
    assert error["type"] == "idempotency_error"


@pytest.mark.parametrize("version", ["nonsense", "2026-13-01", "2026-10-28.Endive!", "20261028"])
def test_a_version_that_is_none_is_refused(stripe: Stand, version: str) -> None:
    answer = raw(stripe, "GET", "/v1/customers", headers={"Stripe-Version": version})
    assert answer.status_code == 400
    assert "version" in answer.json()["error"]["message"]


@pytest.mark.parametrize("version", ["2026-10-28.endive", "2024-06-20", "2026-10-28.preview"])
def test_a_version_that_may_be_one_is_taken(stripe: Stand, version: str) -> None:
    answer = raw(stripe, "GET", "/v1/customers", headers={"Stripe-Version": version})
    assert (answer.status_code, answer.headers["Stripe-Version"]) == (200, version)


@pytest.mark.parametrize("email", ["nobody", "a@b", "a b@example.com", "a@@example.com", "@x.de"])
def test_a_bad_address_is_refused(stripe: Stand, email: str) -> None:
    error = stripe.post("/v1/customers", expect=400, email=email)["error"]
    assert (error["code"], error["param"]) == ("email_invalid", "email")


def test_fees_and_reversals_that_have_no_transfer_are_known_and_refused(stripe: Stand) -> None:
    card = stripe.saved_card()
    error = stripe.hold(card, expect=400, application_fee_amount=10)["error"]
    assert error["param"] == "application_fee_amount"
    assert error.get("code") != "parameter_unknown"
    intent = stripe.captured(card)
    for name in ("reverse_transfer", "refund_application_fee"):
        error = stripe.post(
            "/v1/refunds", expect=400, payment_intent=intent["id"], **{name: "true"}
        )["error"]
        assert (error["param"], error.get("code")) == (name, None)
    stripe.post("/v1/refunds", payment_intent=intent["id"], reverse_transfer="false")


# ---- searches and lists


def found(stripe: Stand, noun: str, query: str, **more: Any) -> list[str]:
    page = stripe.get(f"/v1/{noun}/search", query=query, **more)
    return [one["id"] for one in page["data"]]


def test_payments_are_found_by_what_they_are(stripe: Stand) -> None:
    card = stripe.saved_card()
    small, large = stripe.hold(card, 1_000)["id"], stripe.captured(card, 9_000)["id"]
    for query, expected in {
        "status:'succeeded'": [large],
        "-status:'succeeded'": [small],
        "amount>1000": [large],
        "amount>=1000 AND currency:'usd'": [large, small],
        "amount:1000 AND status:'requires_capture'": [small],
        "amount<1000 OR amount>8999": [large],
        "currency:'eur'": [],
        f"customer:'{card[0]}'": [large, small],
        "metadata['none']:null": [large, small],
        "created<1000": [],
    }.items():
        assert found(stripe, "payment_intents", query) == expected, query


def test_charges_are_found_and_pages_continue(stripe: Stand) -> None:
    card = stripe.saved_card()
    made = [stripe.captured(card, 1_000 + number)["latest_charge"] for number in range(5)][::-1]
    query = "status:'succeeded' AND payment_method_details.card.last4:'4242'"
    assert found(stripe, "charges", query) == made
    seen: list[str] = []
    page: Body = {"next_page": None, "has_more": True}
    while page["has_more"]:
        more = {"page": page["next_page"]} if page["next_page"] else {}
        page = stripe.get("/v1/charges/search", query=query, limit=2, **more)
        seen += [one["id"] for one in page["data"]]
    assert seen == made
    stripe.post("/v1/refunds", charge=made[0])
    assert found(stripe, "charges", "refunded:'true'") == made[:1]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "status",
        "colour:'red'",
        "status>'a'",
        "amount:'many'",
        "amount~100",
        "status:'a' AND amount>1 OR amount<5",
        "status:'a' status:'b'",
    ],
)
def test_a_query_that_makes_no_sense_is_refused(stripe: Stand, query: str) -> None:
    error = stripe.get("/v1/charges/search", expect=400, query=query)["error"]
    assert error["param"] == "query"


def test_events_of_a_kind_are_listed(stripe: Stand) -> None:
    stripe.control("disputes", charge=stripe.captured(stripe.saved_card())["latest_charge"])
    kinds = {one["type"] for one in stripe.get("/v1/events", type="charge.*", limit=100)["data"]}
    assert {"charge.succeeded", "charge.captured", "charge.dispute.created"} <= kinds
    assert all(kind.startswith("charge.") for kind in kinds)
    disputes = stripe.get("/v1/events", type="charge.dispute.*")["data"]
    assert {one["type"].rpartition(".")[0] for one in disputes} == {"charge.dispute"}
    assert stripe.get("/v1/events", type="charge")["data"] == []


def test_the_events_of_a_connected_account_are_its_own(stripe: Stand) -> None:
    account = stripe.account()
    assert stripe.get("/v1/events", type="account.updated")["data"] == []
    of_account = raw(stripe, "GET", "/v1/events", headers={"Stripe-Account": account}).json()
    first = next(one for one in of_account["data"] if one["type"] == "account.updated")
    assert {one["account"] for one in of_account["data"]} == {account}
    stripe.get(f"/v1/events/{first['id']}", expect=404)
    its_own = raw(stripe, "GET", f"/v1/events/{first['id']}", headers={"Stripe-Account": account})
    assert its_own.status_code == 200


def test_balance_transactions_are_listed_by_currency(stripe: Stand) -> None:
    stripe.captured(stripe.saved_card())
    (txn,) = stripe.get("/v1/balance_transactions", currency="usd")["data"]
    assert stripe.get("/v1/balance_transactions", currency="eur")["data"] == []
    assert stripe.get("/v1/balance_transactions", source=txn["source"])["data"] == [txn]
    stripe.get("/v1/balance_transactions", expect=400, payout="po_1")


# ---- files


def upload(stripe: Stand, content: bytes, purpose: str = "dispute_evidence") -> httpx.Response:
    files = {"file": ("terms.pdf", content, "application/pdf")}
    return raw(stripe, "POST", "/v1/files", data={"purpose": purpose}, files=files)


def test_evidence_is_uploaded_and_named(stripe: Stand) -> None:
    answer = upload(stripe, b"%PDF-1.7\r\n\x00\xff and more")
    assert answer.status_code == 200, answer.text
    file = answer.json()
    assert (file["purpose"], file["type"], file["filename"]) == (
        "dispute_evidence",
        "pdf",
        "terms.pdf",
    )
    assert stripe.get(f"/v1/files/{file['id']}") == file
    assert stripe.get("/v1/files", purpose="dispute_evidence")["data"] == [file]
    charge = stripe.captured(stripe.saved_card())["latest_charge"]
    path = f"/v1/disputes/{stripe.control('disputes', charge=charge)['id']}"
    error = stripe.post(path, expect=400, evidence={"receipt": "file_unknown"})["error"]
    assert error["param"] == "evidence[receipt]"
    icon = upload(stripe, b"\x89PNG\r\n\x1a\n", "business_icon").json()["id"]
    stripe.post(path, expect=400, evidence={"receipt": icon})
    stripe.post(path, expect=400, evidence={"uncategorized_text": "x" * 150_001})
    dispute = stripe.post(path, evidence={"receipt": file["id"], "customer_name": "Sam"})
    assert (dispute["evidence"]["receipt"], dispute["status"]) == (file["id"], "under_review")


def test_what_is_no_evidence_is_refused(stripe: Stand) -> None:
    assert upload(stripe, b"plain text").status_code == 400
    assert upload(stripe, b"").status_code == 400
    assert upload(stripe, b"%PDF-", purpose="nonsense").status_code == 400
    assert stripe.post("/v1/files", expect=400, purpose="dispute_evidence")["error"]
    assert stripe.post("/v1/files", expect=400, purpose="dispute_evidence", file="x")["error"]
