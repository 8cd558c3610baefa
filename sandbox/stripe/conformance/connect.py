"""Connected accounts in API v1 and v2; transfers, balances and payouts."""

from typing import Any

from sandbox.stripe.conformance.session import Body, Session

PAGES = {"refresh_url": "http://localhost/refresh", "return_url": "http://localhost/return"}
UNABLE = "insufficient_capabilities_for_transfer"


def account_v1(session: Session) -> str:
    """A new account through API v1."""
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
    """An account can receive transfers once its owner has completed onboarding."""
    account = account_v1(session)
    path = f"/v1/accounts/{account}"
    new = session.get(path)
    facts: Any = (
        new["payouts_enabled"],
        new["details_submitted"],
        new["capabilities"]["transfers"],
    )
    session.equal("a new account cannot receive transfers", facts, (False, False, "inactive"))
    session.holds("requirements are due", new["requirements"]["currently_due"])
    link: Body = {"account": account, "type": "account_onboarding", **PAGES}
    made = session.post("/v1/account_links", **link)
    session.holds(
        "the onboarding link expires within an hour",
        0 < made["expires_at"] - made["created"] <= 3600,
    )
    del link["return_url"]
    session.refused(
        "a link without return_url is refused", session.ask("POST", "/v1/account_links", link), 400
    )
    link = {**link, **PAGES, "account": "acct_none"}
    answer = session.ask("POST", "/v1/account_links", link)
    session.holds(
        "a link for an unknown account is refused", answer.status in (400, 403, 404), answer.status
    )
    answer = session.ask("POST", f"{path}/login_links")
    session.refused("no login link before onboarding", answer, 400)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    done = session.get(path)
    facts = (done["payouts_enabled"], done["details_submitted"], done["capabilities"]["transfers"])
    session.equal("an onboarded account can receive transfers", facts, (True, True, "active"))
    session.equal("no requirements are due", done["requirements"]["currently_due"], [])
    session.holds(
        "a login link is created", session.post(f"{path}/login_links")["url"].startswith("http")
    )
    session.control(f"accounts/{account}/onboard", outcome="reject")
    reason = session.get(path)["requirements"]["disabled_reason"]
    session.holds(
        "disabled_reason says that the account is rejected",
        str(reason).startswith("rejected"),
        reason,
    )


def accounts_v2(session: Session) -> None:
    """The same through API v2, for the same accounts."""
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
    session.holds("id begins with acct_", made["id"].startswith("acct_"), made["id"])
    session.holds("requirements are due", made["requirements"]["entries"])
    session.equal(
        "fields that are not included are absent", session.get(path).get("configuration"), None
    )
    link = {
        "account": made["id"],
        "use_case": {"type": "account_onboarding", "account_onboarding": PAGES},
    }
    answer = session.ask("POST", "/v2/core/account_links", json=link)
    session.equal(
        "an onboarding link is created",
        (answer.status, answer.body.get("account")),
        (200, made["id"]),
    )
    unknown = session.ask("GET", "/v2/core/accounts/acct_none")
    session.holds("an unknown account is refused", unknown.status in (403, 404), unknown.status)
    session.control(f"accounts/{made['id']}/onboard", outcome="complete")
    done = session.get(path, include=include)
    balance = done["configuration"]["recipient"]["capabilities"]["stripe_balance"]
    session.equal(
        "an onboarded account can receive transfers",
        balance["stripe_transfers"]["status"],
        "active",
    )
    session.equal("no requirements are due", done["requirements"]["entries"], [])
    seen = session.get(f"/v1/accounts/{made['id']}")
    session.equal("the account is visible through v1", seen["capabilities"]["transfers"], "active")


def transfers(session: Session) -> None:
    """A transfer is limited by its charge, and can be reversed."""
    account = account_v1(session)
    charge = session.captured(10_000, transfer_group="g1")["latest_charge"]
    wanted: Body = {"currency": "usd", "destination": account, "source_transaction": charge}

    def ask(amount: int, **more: Any) -> Any:
        return session.ask("POST", "/v1/transfers", {"amount": amount, **wanted, **more})

    session.refused("a transfer before onboarding is refused", ask(1000), 400, UNABLE)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    session.refused(
        "a transfer in another currency is refused",
        ask(1000, currency="eur"),
        400,
        param="currency",
    )
    sent = session.post("/v1/transfers", amount=8500, metadata={"booking_id": "b1"}, **wanted)
    names = ("amount", "destination", "source_transaction", "reversed", "transfer_group")
    facts: Any = [sent[name] for name in names]
    session.equal(
        "the transfer has the requested fields", facts, [8500, account, charge, False, "g1"]
    )
    session.holds("destination_payment is set", str(sent["destination_payment"]).startswith("py_"))
    txn = session.get(f"/v1/balance_transactions/{sent['balance_transaction']}", expand=["source"])
    facts = (txn["type"], txn["net"], txn["source"]["id"])
    session.equal(
        "the transfer is deducted from the balance", facts, ("transfer", -8500, sent["id"])
    )
    session.refused("transfers beyond the charge are refused", ask(1501), 400, param="amount")
    for filters in ({"destination": account}, {"transfer_group": "g1", "destination": account}):
        listed = session.get("/v1/transfers", **filters)["data"]
        session.equal(f"listed by {list(filters)}", [one["id"] for one in listed], [sent["id"]])
    path = f"/v1/transfers/{sent['id']}"
    back = session.post(f"{path}/reversals", amount=500)
    after = session.get(path)
    facts = (back["amount"], back["transfer"], after["amount_reversed"], after["reversed"])
    session.equal("a partial reversal", facts, (500, sent["id"], 500, False))
    session.refused(
        "more than what is left is refused",
        session.ask("POST", f"{path}/reversals", {"amount": 8001}),
        400,
        param="amount",
    )
    session.post(f"{path}/reversals")
    session.equal("a full reversal", session.get(path)["reversed"], True)
    session.equal("both reversals are listed", len(session.get(f"{path}/reversals")["data"]), 2)


def balances(session: Session) -> None:
    """The available balance can be transferred and paid out, and no more."""
    account = account_v1(session)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    before = available(session)
    wanted: Body = {"currency": "usd", "destination": account}
    answer = session.ask("POST", "/v1/transfers", {"amount": before + 10**7, **wanted})
    session.refused("a transfer beyond the balance is refused", answer, 400, "balance_insufficient")
    session.post(
        "/v1/payment_intents",
        amount=20_000,
        currency="usd",
        payment_method="pm_card_bypassPending",
        confirm="true",
        allowed_payment_method_types=["card"],
    )
    session.holds("funds are available at once", available(session) > before)
    sent = session.post("/v1/transfers", amount=5000, **wanted)
    session.equal("source_transaction is null", sent["source_transaction"], None)
    theirs = session.ask("GET", "/v1/balance", account=account).body
    session.equal("the account's own balance or events", theirs["available"][0]["amount"], 5000)
    params = {"amount": 1000, "currency": "usd"}
    paid = session.ask("POST", "/v1/payouts", params, account=account)
    session.equal("the payout is pending", (paid.status, paid.body.get("status")), (200, "pending"))
    too_much = session.ask("POST", "/v1/payouts", {**params, "amount": 5000}, account=account)
    session.refused("more than what is left is refused", too_much, 400, "balance_insufficient")
    for currency, expected in (("usd", True), ("sek", False)):
        listed = session.get("/v1/balance_transactions", currency=currency)["data"]
        session.equal(f"balance transactions in {currency}", bool(listed), expected)


def available(session: Session) -> int:
    """The platform's available balance in US dollars."""
    rows = session.get("/v1/balance")["available"]
    return sum(row["amount"] for row in rows if row["currency"] == "usd")


def events_of_accounts(session: Session) -> None:
    """Events of an account are listed for that account only."""
    account = account_v1(session)
    session.control(f"accounts/{account}/onboard", outcome="complete")
    ours = session.get("/v1/events", type="account.updated", limit=100)["data"]
    session.equal(
        "the platform's events have no account", [one for one in ours if one.get("account")], []
    )
    theirs = session.ask("GET", "/v1/events", {"limit": 100}, account=account).body["data"]
    session.holds(
        "the account's own balance or events", "account.updated" in {one["type"] for one in theirs}
    )
    session.equal("all events belong to the account", {one["account"] for one in theirs}, {account})
    path = f"/v1/events/{theirs[0]['id']}"
    session.equal(
        "the platform cannot read the account's event", session.ask("GET", path).status, 404
    )
    session.equal(
        "the account can read its event", session.ask("GET", path, account=account).status, 200
    )


CHECKS = (onboarding, accounts_v2, transfers, balances, events_of_accounts)
