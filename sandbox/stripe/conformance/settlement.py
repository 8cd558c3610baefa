"""The currency of the balance: what is converted, at what rate, and what that means for
transfers.
"""

import contextlib
from collections.abc import Iterator

from sandbox.stripe.conformance.connect import account_v1
from sandbox.stripe.conformance.session import Session

RATE = 1.0745


@contextlib.contextmanager
def settling(session: Session) -> Iterator[None]:
    """A platform with a balance in dollars, and afterwards one as before."""
    session.control("settlement", currency="usd", rates={"eur": RATE})
    try:
        yield
    finally:
        session.control("settlement", currency=None, rates={}, late=False)


def conversion(session: Session) -> None:
    """A charge in euros reaches a balance in dollars converted."""
    with settling(session):
        intent = session.captured(10_000, currency="eur")
        charge = session.get(
            f"/v1/charges/{intent['latest_charge']}", expand=["balance_transaction"]
        )
        session.equal("in euros", (charge["currency"], charge["amount_captured"]), ("eur", 10_000))
        txn = charge["balance_transaction"]
        facts = (txn["amount"], txn["currency"], txn["exchange_rate"])
        session.equal("settled in dollars", facts, (10_745, "usd", RATE))
        session.equal("its fee too", txn["net"], txn["amount"] - txn["fee"])
        refund = session.post(
            "/v1/refunds", charge=charge["id"], amount=5_000, expand=["balance_transaction"]
        )
        back = refund["balance_transaction"]
        facts = (refund["currency"], back["currency"], back["amount"])
        session.equal("a refund leaves in dollars", facts, ("eur", "usd", -5_373))


def transfers(session: Session) -> None:
    """A transfer is in the currency of the charge's balance transaction, and bound by its
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
            session.refused(f"{amount} {currency}", answer, 400, param=param)
        sent = session.post("/v1/transfers", amount=10_745, currency="usd", **wanted)
        session.equal("all of it", (sent["amount"], sent["currency"]), (10_745, "usd"))


def late(session: Session) -> None:
    """A balance transaction may come after the capture."""
    with settling(session):
        session.control("settlement", late=True)
        charge = session.captured()["latest_charge"]
        path = f"/v1/charges/{charge}"
        session.equal("not yet", session.get(path)["balance_transaction"], None)
        session.control("settlement", late=False)
        session.holds("then", session.get(path)["balance_transaction"])
        updated = session.get("/v1/events", type="charge.updated", limit=1)["data"][0]
        session.equal("and an event", updated["data"]["object"]["id"], charge)


CHECKS = (conversion, transfers, late)
