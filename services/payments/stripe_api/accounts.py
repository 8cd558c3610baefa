"""Connected accounts with the Express dashboard: Accounts v2, or v1 by setting; both are read into
the same four states.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from services.payments.domain.model import AccountStatus
from services.payments.stripe_api.client import PATIENT, Stripe, without_bad_email
from services.payments.stripe_api.outcomes import StripeProblem, call

INCLUDE: Any = ["configuration.recipient", "requirements"]


class Account(msgspec.Struct, frozen=True):
    """A connected account; `requirements` is what Stripe still requires."""

    id: str
    status: AccountStatus
    requirements: list[str]


class Link(msgspec.Struct, frozen=True):
    """A single-use link to Stripe's onboarding. A bearer secret: never stored, never logged."""

    url: str
    expires_at: datetime


async def create_account(stripe: Stripe, params: dict[str, Any], *, key: str) -> Account:
    """Creates an account for `params` {user_id, email, name, country, currency}; the same for the
    same key. An e-mail address that Stripe refuses is left out.
    """

    async def make(given: dict[str, Any], own_key: str) -> Account:
        options: Any = {"idempotency_key": own_key, "max_network_retries": PATIENT}
        async with call("create_account"):
            if stripe.accounts == "v1":
                return _of_v1(await stripe.api.v1.accounts.create_async(_v1(given), options))
            made = await stripe.api.v2.core.accounts.create_async(_v2(given), options)
            return await _of_v2(stripe, made, fresh=True)

    return await without_bad_email(make, params, key)


def _v1(params: dict[str, Any]) -> Any:
    wanted = {
        "country": params["country"].upper(),
        "email": params.get("email"),
        "business_type": "individual",
        "controller": {
            "stripe_dashboard": {"type": "express"},
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"user_id": params["user_id"]},
    }
    return {name: value for name, value in wanted.items() if value}


def _v2(params: dict[str, Any]) -> Any:
    wanted = {
        "contact_email": params.get("email"),
        "display_name": params["name"],
        "dashboard": "express",
        "identity": {"country": params["country"], "entity_type": "individual"},
        "configuration": {
            "recipient": {
                "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
            }
        },
        "defaults": {
            "currency": params["currency"],
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
        },
        "metadata": {"user_id": params["user_id"]},
        "include": INCLUDE,
    }
    return {name: value for name, value in wanted.items() if value}


async def set_email(stripe: Stripe, account_id: str, email: str) -> None:
    """Gives the account an e-mail address. Harmless to repeat."""
    options: Any = {"max_network_retries": PATIENT}
    async with call("update_account"):
        if stripe.accounts == "v1":
            await stripe.api.v1.accounts.update_async(account_id, {"email": email}, options)
        else:
            await stripe.api.v2.core.accounts.update_async(
                account_id, {"contact_email": email}, options
            )


async def account(stripe: Stripe, account_id: str) -> Account:
    """The account as it is now."""
    async with call("read_account"):
        if stripe.accounts == "v1":
            return _of_v1(await _retrieve_v1(stripe, account_id))
        raw = await stripe.api.v2.core.accounts.retrieve_async(
            account_id, {"include": INCLUDE}, {"max_network_retries": PATIENT}
        )
        return await _of_v2(stripe, raw)


async def _retrieve_v1(stripe: Stripe, account_id: str) -> Any:
    return await stripe.api.v1.accounts.retrieve_async(
        account_id, {}, {"max_network_retries": PATIENT}
    )


async def _of_v2(stripe: Stripe, raw: Any, *, fresh: bool = False) -> Account:
    recipient = getattr(raw.configuration, "recipient", None)
    balance = getattr(getattr(recipient, "capabilities", None), "stripe_balance", None)
    transfers = getattr(balance, "stripe_transfers", None)
    entries = getattr(getattr(raw, "requirements", None), "entries", None) or []
    wanted = list(dict.fromkeys(entry.description for entry in entries))
    status = getattr(transfers, "status", "pending")
    codes = [detail.code for detail in getattr(transfers, "status_details", None) or []]
    if status == "active":
        return Account(raw.id, "active", wanted)
    if status in ("rejected", "unsupported") or any(
        code.startswith(("rejected", "unsupported")) for code in codes
    ):
        return Account(raw.id, "rejected", wanted)
    if fresh or status == "pending" or not await _submitted(stripe, raw.id):
        return Account(raw.id, "pending", wanted)
    return Account(raw.id, "restricted", wanted)


async def _submitted(stripe: Stripe, account_id: str) -> bool:
    """Whether onboarding was completed. In v2 an account is restricted both before and after that;
    only the v1 view distinguishes them.
    """
    try:
        async with call("read_account_v1"):
            return bool((await _retrieve_v1(stripe, account_id)).details_submitted)
    except StripeProblem:
        return False


def _of_v1(raw: Any) -> Account:
    requirements = raw.requirements
    wanted = (
        list(dict.fromkeys([*(requirements.currently_due or []), *(requirements.past_due or [])]))
        if requirements
        else []
    )
    reason = (requirements.disabled_reason or "") if requirements else ""
    transfers = getattr(raw.capabilities, "transfers", None)
    if reason.startswith("rejected"):
        return Account(raw.id, "rejected", wanted)
    if transfers == "active":
        return Account(raw.id, "active", wanted)
    return Account(raw.id, "restricted" if raw.details_submitted and wanted else "pending", wanted)


async def onboarding_link(
    stripe: Stripe, account_id: str, *, refresh_url: str, return_url: str
) -> Link:
    """A fresh link to onboarding, valid for one visit within minutes."""
    urls = {"refresh_url": refresh_url, "return_url": return_url}
    options: Any = {"max_network_retries": PATIENT}
    async with call("onboarding_link"):
        if stripe.accounts == "v1":
            wanted: Any = {"account": account_id, "type": "account_onboarding", **urls}
            made = await stripe.api.v1.account_links.create_async(wanted, options)
            return Link(made.url, datetime.fromtimestamp(made.expires_at, UTC))
        use: Any = {
            "type": "account_onboarding",
            "account_onboarding": urls,
        }
        link = await stripe.api.v2.core.account_links.create_async(
            {"account": account_id, "use_case": use}, options
        )
        return Link(link.url, datetime.fromisoformat(str(link.expires_at).replace("Z", "+00:00")))
