"""Links into Stripe's hosted pages: onboarding (single use, five minutes) and the Express
dashboard.
"""

from sandbox.stripe.accounts_v2 import instant
from sandbox.stripe.call import Call, Routes, random_text
from sandbox.stripe.errors import invalid, refused
from sandbox.stripe.rows import Body

LIFE_SECONDS = 300


def _link(
    call: Call, account: str, return_url: str | None, refresh_url: str | None
) -> tuple[str, int]:
    call.get("account", account, "account")
    expires = call.now() + LIFE_SECONDS
    token = random_text(24)
    secret = {
        "account": account,
        "return_url": return_url,
        "refresh_url": refresh_url,
        "expires": expires,
    }
    call.store.add(
        {"id": f"link_{token}", "object": "link", "created": call.now()},
        "",
        secret | {"used": False},
    )
    return f"{call.origin}/_sandbox/onboarding/{token}", expires


def create(call: Call) -> Body:
    """Creates an account link."""
    params = call.params
    if params["type"] == "account_onboarding":
        for name in ("return_url", "refresh_url"):
            if not params.get(name):
                raise invalid(
                    f"You must provide `{name}` for account links of type account_onboarding.",
                    "parameter_missing",
                    name,
                )
    elif call.get("account", params["account"], "account")["type"] == "express":
        raise refused(
            "You cannot create `account_update` type Account Links for this account.", None, "type"
        )
    for name in ("return_url", "refresh_url"):
        if params.get(name) and not params[name].startswith(("http://", "https://")):
            raise refused("Not a valid URL", "url_invalid", name)
    url, expires = _link(
        call, params["account"], params.get("return_url"), params.get("refresh_url")
    )
    return {"object": "account_link", "created": call.now(), "expires_at": expires, "url": url}


def create_v2(call: Call) -> Body:
    """Creates an onboarding link by the v2 API."""
    use = call.params["use_case"]
    details = use.get(use["type"]) or {}
    if not details.get("refresh_url"):
        name = f"use_case[{use['type']}][refresh_url]"
        raise invalid(f"Missing required param: {name}.", "parameter_missing", name)
    url, expires = _link(
        call, call.params["account"], details.get("return_url"), details["refresh_url"]
    )
    return {
        "object": "v2.core.account_link",
        "account": call.params["account"],
        "created": instant(call.now()),
        "expires_at": instant(expires),
        "livemode": False,
        "url": url,
        "use_case": use,
    }


def login(call: Call, identity: str) -> Body:
    """Creates a link to the account's dashboard."""
    account = call.get("account", identity)
    if account["controller"]["stripe_dashboard"]["type"] != "express":
        raise refused("Login Links can only be created for accounts with an Express dashboard.")
    if not account["details_submitted"]:
        raise refused(
            "Cannot create a login link for an account that has not completed onboarding."
        )
    secret = {"account": identity, "expires": call.now() + LIFE_SECONDS, "used": False}
    token = random_text(24)
    call.store.add({"id": f"login_{token}", "object": "link", "created": call.now()}, "", secret)
    return {
        "object": "login_link",
        "created": call.now(),
        "url": f"{call.origin}/_sandbox/express/{token}",
    }


ROUTES: Routes = {
    ("POST", "/v1/account_links"): create,
    ("POST", "/v2/core/account_links"): create_v2,
    ("POST", "/v1/accounts/{id}/login_links"): login,
}
