"""Connected accounts, in both versions of the API; transfers, balances, payouts."""

from typing import Any

from sandbox.stripe.conformance.session import Body, Session

PAGES = {"refresh_url": "http://localhost/refresh", "return_url": "http://localhost/return"}
UNABLE = "insufficient_capabilities_for_transfer"


def account_v1(session: Session) -> str:
    """A new account of the first kind."""
    identity: str = session.post(
        "/v1/accounts",
        country="US",
        email="grace@example.com",
        controller={
            "stripe_dashboard": {"type": "express"},
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
        },
        capabilities={"transfers": {"requested": "true"}},
    )["id"]
    return identity


def onboarding(session: Session) -> None:
    """An account can receive once its owner has filled in what Stripe wants."""
    account = account_v1(session)
    path = f"/v1/accounts/{account}"
    new = session.get(path)
    facts: Any = (
        new["payouts_enabled"],
        new["details_submitted"],
        new["capabilities"]["transfers"],
    )
    session.equal("not yet", facts, (False, False, "inactive"))
    session.holds("something is due", new["requirements"]["currently_due"])
    link: Body = {"account": account, "type": "account_onboarding", **PAGES}
    made = session.post("/v1/account_links", **link)
    session.holds("a link of minutes", 0 < made["expires_at"] - made["created"] <= 3600)
    del link["return_url"]
    session.refused("no page", session.ask("POST", "/v1/account_links", link), 400)
    link = {**link, **PAGES, "account": "acct_none"}
    answer = session.ask("POST", "/v1/account_links", link)
    session.holds("no account", answer.status in (400, 403, 404), answer.status)
    answer = session.ask("POST", f"{path}/login_links")
    session.refused("no way in before", answer, 400)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    done = session.get(path)
    facts = (done["payouts_enabled"], done["details_submitted"], done["capabilities"]["transfers"])
    session.equal("able", facts, (True, True, "active"))
    session.equal("nothing is due", done["requirements"]["currently_due"], [])
    session.holds("a way in", session.post(f"{path}/login_links")["url"].startswith("http"))
    session.control(f"accounts/{account}/onboard", outcome="reject")
    reason = session.get(path)["requirements"]["disabled_reason"]
    session.holds("rejected", str(reason).startswith("rejected"), reason)


def accounts_v2(session: Session) -> None:
    """The same by the second version, over the same accounts."""
    include = ["configuration.recipient", "requirements"]
    wanted: Body = {
        "contact_email": "grace@example.com",
        "display_name": "Grace",
        "dashboard": "express",
        "identity": {"country": "us", "entity_type": "individual"},
        "configuration": {
            "recipient": {
                "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
            }
        },
        "defaults": {
            "currency": "usd",
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
        },
        "include": include,
    }
    made = session.ask("POST", "/v2/core/accounts", json=wanted).body
    path = f"/v2/core/accounts/{made['id']}"
    session.holds("an account", made["id"].startswith("acct_"), made["id"])
    session.holds("something is due", made["requirements"]["entries"])
    session.equal("not named, not there", session.get(path).get("configuration"), None)
    link = {
        "account": made["id"],
        "use_case": {"type": "account_onboarding", "account_onboarding": PAGES},
    }
    answer = session.ask("POST", "/v2/core/account_links", json=link)
    session.equal("a link", (answer.status, answer.body.get("account")), (200, made["id"]))
    unknown = session.ask("GET", "/v2/core/accounts/acct_none")
    session.holds("an unknown one", unknown.status in (403, 404), unknown.status)
    session.control(f"accounts/{made['id']}/onboard", outcome="complete")
    done = session.get(path, include=include)
    balance = done["configuration"]["recipient"]["capabilities"]["stripe_balance"]
    session.equal("able", balance["stripe_transfers"]["status"], "active")
    session.equal("nothing is due", done["requirements"]["entries"], [])
    seen = session.get(f"/v1/accounts/{made['id']}")
    session.equal("seen by the first", seen["capabilities"]["transfers"], "active")


def transfers(session: Session) -> None:
    """A transfer is a part of its charge, and can be taken back."""
    account = account_v1(session)
    charge = session.captured(10_000, transfer_group="g1")["latest_charge"]
    wanted: Body = {"currency": "usd", "destination": account, "source_transaction": charge}

    def ask(amount: int, **more: Any) -> Any:
        return session.ask("POST", "/v1/transfers", {"amount": amount, **wanted, **more})

    session.refused("not before onboarding", ask(1000), 400, UNABLE)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    session.refused("in another currency", ask(1000, currency="eur"), 400, param="currency")
    sent = session.post("/v1/transfers", amount=8500, metadata={"booking_id": "b1"}, **wanted)
    names = ("amount", "destination", "source_transaction", "reversed", "transfer_group")
    facts: Any = [sent[name] for name in names]
    session.equal("sent", facts, [8500, account, charge, False, "g1"])
    session.holds("as a payment", str(sent["destination_payment"]).startswith("py_"))
    txn = session.get(f"/v1/balance_transactions/{sent['balance_transaction']}", expand=["source"])
    facts = (txn["type"], txn["net"], txn["source"]["id"])
    session.equal("off the balance", facts, ("transfer", -8500, sent["id"]))
    session.refused("no more than the charge", ask(1501), 400, param="amount")
    for filters in ({"destination": account}, {"transfer_group": "g1", "destination": account}):
        listed = session.get("/v1/transfers", **filters)["data"]
        session.equal(f"by {list(filters)}", [one["id"] for one in listed], [sent["id"]])
    path = f"/v1/transfers/{sent['id']}"
    back = session.post(f"{path}/reversals", amount=500)
    after = session.get(path)
    facts = (back["amount"], back["transfer"], after["amount_reversed"], after["reversed"])
    session.equal("a part is back", facts, (500, sent["id"], 500, False))
    session.refused(
        "not more", session.ask("POST", f"{path}/reversals", {"amount": 8001}), 400, param="amount"
    )
    session.post(f"{path}/reversals")
    session.equal("all is back", session.get(path)["reversed"], True)
    session.equal("two reversals", len(session.get(f"{path}/reversals")["data"]), 2)


def balances(session: Session) -> None:
    """What is available can be sent on and paid out, and no more."""
    account = account_v1(session)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    before = available(session)
    wanted: Body = {"currency": "usd", "destination": account}
    answer = session.ask("POST", "/v1/transfers", {"amount": before + 10**7, **wanted})
    session.refused("beyond the balance", answer, 400, "balance_insufficient")
    session.post(
        "/v1/payment_intents",
        amount=20_000,
        currency="usd",
        payment_method="pm_card_bypassPending",
        confirm="true",
        allowed_payment_method_types=["card"],
    )
    session.holds("there at once", available(session) > before)
    sent = session.post("/v1/transfers", amount=5000, **wanted)
    session.equal("of no charge", sent["source_transaction"], None)
    theirs = session.ask("GET", "/v1/balance", account=account).body
    session.equal("theirs", theirs["available"][0]["amount"], 5000)
    params = {"amount": 1000, "currency": "usd"}
    paid = session.ask("POST", "/v1/payouts", params, account=account)
    session.equal("on its way", (paid.status, paid.body.get("status")), (200, "pending"))
    too_much = session.ask("POST", "/v1/payouts", {**params, "amount": 5000}, account=account)
    session.refused("not more", too_much, 400, "balance_insufficient")
    for currency, expected in (("usd", True), ("sek", False)):
        listed = session.get("/v1/balance_transactions", currency=currency)["data"]
        session.equal(f"lines in {currency}", bool(listed), expected)


def available(session: Session) -> int:
    """What the platform has in dollars."""
    rows = session.get("/v1/balance")["available"]
    return sum(row["amount"] for row in rows if row["currency"] == "usd")


def events_of_accounts(session: Session) -> None:
    """What happens at an account is that account's to list."""
    account = account_v1(session)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    ours = session.get("/v1/events", type="account.updated", limit=100)["data"]
    session.equal("not the platform's", [one for one in ours if one.get("account")], [])
    theirs = session.ask("GET", "/v1/events", {"limit": 100}, account=account).body["data"]
    session.holds("theirs", "account.updated" in {one["type"] for one in theirs})
    session.equal("all of them", {one["account"] for one in theirs}, {account})
    path = f"/v1/events/{theirs[0]['id']}"
    session.equal("not for us", session.ask("GET", path).status, 404)
    session.equal("for them", session.ask("GET", path, account=account).status, 200)


CHECKS = (onboarding, accounts_v2, transfers, balances, events_of_accounts)
