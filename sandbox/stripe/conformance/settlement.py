"""The settlement currency: conversion of charges and refunds, and its effect on transfers."""

import contextlib
from collections.abc import Iterator

from sandbox.stripe.conformance.connect import account_v1
from sandbox.stripe.conformance.session import Session

RATE = 1.0745


@contextlib.contextmanager
def settling(session: Session) -> Iterator[None]:
    """A balance in US dollars within the block."""
    session.control("settlement", currency="usd", rates={"eur": RATE})
    try:
        yield
    finally:
        session.control("settlement", currency=None, rates={}, late=False)


def conversion(session: Session) -> None:
    """A charge in euros is converted for a balance in dollars."""
    with settling(session):
        intent = session.captured(10_000, currency="eur")
        charge = session.get(
            f"/v1/charges/{intent['latest_charge']}", expand=["balance_transaction"]
        )
        session.equal(
            "the charge is in euros",
            (charge["currency"], charge["amount_captured"]),
            ("eur", 10_000),
        )
        txn = charge["balance_transaction"]
        facts = (txn["amount"], txn["currency"], txn["exchange_rate"])
        session.equal("settled in dollars", facts, (10_745, "usd", RATE))
        session.equal("the fee is in dollars", txn["net"], txn["amount"] - txn["fee"])
        refund = session.post(
            "/v1/refunds", charge=charge["id"], amount=5_000, expand=["balance_transaction"]
        )
        back = refund["balance_transaction"]
        facts = (refund["currency"], back["currency"], back["amount"])
        session.equal("the refund is deducted in dollars", facts, ("eur", "usd", -5_373))


def transfers(session: Session) -> None:
    """A transfer has the currency of the charge's balance transaction, and is limited by its
    amount.
    """
    account = account_v1(session)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    with settling(session):
        charge = session.captured(10_000, currency="eur")["latest_charge"]
        wanted = {"destination": account, "source_transaction": charge}
        for amount, currency, param in ((100, "eur", "currency"), (10_746, "usd", "amount")):
            params = {"amount": amount, "currency": currency, **wanted}
            answer = session.ask("POST", "/v1/transfers", params)
            session.refused(
                f"a transfer of {amount} {currency} is refused", answer, 400, param=param
            )
        sent = session.post("/v1/transfers", amount=10_745, currency="usd", **wanted)
        session.equal(
            "the whole settled amount can be transferred",
            (sent["amount"], sent["currency"]),
            (10_745, "usd"),
        )


def late(session: Session) -> None:
    """A balance transaction may be created after the capture."""
    with settling(session):
        session.control("settlement", late=True)
        charge = session.captured()["latest_charge"]
        path = f"/v1/charges/{charge}"
        session.equal(
            "no balance transaction at first", session.get(path)["balance_transaction"], None
        )
        session.control("settlement", late=False)
        session.holds(
            "the balance transaction is added later", session.get(path)["balance_transaction"]
        )
        updated = session.get("/v1/events", type="charge.updated", limit=1)["data"][0]
        session.equal("charge.updated is emitted", updated["data"]["object"]["id"], charge)


CHECKS = (conversion, transfers, late)
