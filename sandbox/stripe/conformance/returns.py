"""Refunds, disputes, and files as evidence."""

from typing import Any

from sandbox.stripe.conformance.session import Session


def refunds(session: Session) -> None:
    """A capture can be refunded in parts, and not beyond its amount."""
    intent = session.captured(6000)
    charge = f"/v1/charges/{intent['latest_charge']}"
    part = session.post(
        "/v1/refunds", payment_intent=intent["id"], amount=1000, reason="requested_by_customer"
    )
    facts: Any = (part["status"], part["amount"], part["payment_intent"])
    session.equal("a partial refund", facts, ("succeeded", 1000, intent["id"]))
    txn = session.get(f"/v1/balance_transactions/{part['balance_transaction']}")
    session.equal(
        "the refund is deducted from the balance", (txn["type"], txn["net"]), ("refund", -1000)
    )
    after = session.get(charge)
    facts = (after["amount_refunded"], after["refunded"])
    session.equal("amount_refunded of the charge", facts, (1000, False))
    for amount in (5001, 0):
        params = {"payment_intent": intent["id"], "amount": amount}
        session.refused(
            f"a refund of {amount} is refused", session.ask("POST", "/v1/refunds", params), 400
        )
    session.post("/v1/refunds", charge=intent["latest_charge"])
    session.equal("refunding the rest", session.get(charge)["refunded"], True)
    path = f"/v1/payment_intents/{intent['id']}"
    session.equal("the intent stays succeeded", session.get(path)["status"], "succeeded")
    answer = session.ask("POST", "/v1/refunds", {"payment_intent": intent["id"]})
    session.refused(
        "refunding a refunded charge is refused", answer, 400, "charge_already_refunded"
    )
    listed = session.get("/v1/refunds", payment_intent=intent["id"])["data"]
    session.equal("it is listed", len(listed), 2)


def refunds_that_fail(session: Session) -> None:
    """A bank may return a refund."""
    intent = session.captured()
    refund = session.post("/v1/refunds", payment_intent=intent["id"], amount=500)
    session.control(f"refunds/{refund['id']}/return")
    failed = session.get(f"/v1/refunds/{refund['id']}")
    session.equal("the refund has failed", failed["status"], "failed")
    txn = session.get(f"/v1/balance_transactions/{failed['failure_balance_transaction']}")
    session.equal(
        "the amount is returned to the balance", (txn["net"], txn["source"]), (500, refund["id"])
    )
    charge = session.get(f"/v1/charges/{intent['latest_charge']}")
    session.equal("amount_refunded is reset", charge["amount_refunded"], 0)


def connect_parameters(session: Session) -> None:
    """Parameters for other kinds of charges are refused."""
    intent = session.captured()
    for name in ("reverse_transfer", "refund_application_fee"):
        answer = session.ask("POST", "/v1/refunds", {"payment_intent": intent["id"], name: "true"})
        session.refused(name, answer, 400, param=name)
    customer = session.customer()
    answer = session.try_to_hold(customer, session.saved_card(customer), application_fee_amount=5)
    session.refused(
        "application_fee_amount is refused", answer, 400, param="application_fee_amount"
    )


def disputes(session: Session) -> None:
    """A dispute withdraws the funds, at once or later, and returns them if it is won."""
    for funds in (None, "later"):
        intent = session.captured(4000)
        charge = {"charge": intent["latest_charge"]}
        more = {"funds": funds} if funds else {}
        dispute = session.control("disputes", **charge, **more)
        path = f"/v1/disputes/{dispute['id']}"
        opened = session.get(path)
        session.equal(
            "the dispute is open", (opened["status"], opened["amount"]), ("needs_response", 4000)
        )
        session.equal(
            f"balance transactions with funds {funds}",
            len(opened["balance_transactions"]),
            0 if funds else 1,
        )
        if funds:
            session.control("disputes", **charge, funds="now")
        (taken,) = session.get(path)["balance_transactions"]
        facts = (taken["amount"], taken["fee"] > 0, taken["source"])
        session.equal("amount and fee are withdrawn", facts, (-4000, True, dispute["id"]))
        answer = session.ask("POST", "/v1/refunds", charge)
        session.refused("refunding a disputed charge is refused", answer, 400, "charge_disputed")
        session.control("disputes", **charge, outcome="won", **more)
        session.equal("the dispute is won", session.get(path)["status"], "won")
        if funds:
            session.control("disputes", **charge, funds="now")
        moved = session.get(path)["balance_transactions"]
        session.equal("amount and fee are returned", sum(one["net"] for one in moved), 0)
        listed = session.get("/v1/disputes", **charge)["data"]
        session.equal("it is listed", [one["id"] for one in listed], [dispute["id"]])


def evidence(session: Session) -> None:
    """Files can be uploaded as evidence."""
    answer = session.upload("dispute_evidence", "terms.pdf", b"%PDF-1.7 \x00\xff")
    session.equal("a PDF is stored", (answer.status, answer.body.get("type")), (200, "pdf"))
    file = answer.body["id"]
    session.equal("GET returns the file", session.get(f"/v1/files/{file}"), answer.body)
    text = session.upload("dispute_evidence", "terms.txt", b"plain")
    session.refused("a text file is refused", text, 400)
    charge = session.captured()["latest_charge"]
    path = f"/v1/disputes/{session.control('disputes', charge=charge)['id']}"
    wrong = session.ask("POST", path, {"evidence": {"receipt": "file_none"}})
    session.refused("an unknown file is refused", wrong, 400, param="evidence[receipt]")
    given = session.post(path, evidence={"receipt": file, "customer_name": "Sam"})
    facts = (given["evidence"]["receipt"], given["status"])
    session.equal("the evidence is stored", facts, (file, "under_review"))


CHECKS = (refunds, refunds_that_fail, connect_parameters, disputes, evidence)
