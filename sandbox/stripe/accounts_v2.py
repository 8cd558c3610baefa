"""Accounts v2: another view of the same accounts, which v1 calls read and pay, too."""

from datetime import UTC, datetime

from sandbox.stripe.accounts import open_account
from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import invalid, refused
from sandbox.stripe.rows import Body

# v1's reasons as v2 words them.
DETAILS = {
    "requirements.past_due": ("requirements_past_due", "provide_info"),
    "rejected.fraud": ("rejected_fraud", "no_resolution"),
}


def instant(epoch: int) -> str:
    """v2 writes RFC 3339 with milliseconds."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _recipient_wanted(params: Body) -> bool:
    recipient = (params.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    return bool((balance.get("stripe_transfers") or {}).get("requested"))


def create(call: Call) -> Body:
    """Creates an account (API v2)."""
    params = call.params
    identity = params.get("identity") or {}
    wanted = _recipient_wanted(params)
    if params.get("dashboard") == "express" and not params.get("configuration"):
        raise invalid(
            "An Express dashboard needs a configuration.", "parameter_missing", "configuration"
        )
    view = {
        name: params.get(name)
        for name in ("display_name", "dashboard", "contact_phone", "identity", "defaults")
    }
    account = open_account(
        call,
        {
            "email": params.get("contact_email"),
            "country": (identity.get("country") or "us").upper(),
            "business_type": identity.get("entity_type"),
            "default_currency": (params.get("defaults") or {}).get("currency", "usd"),
            "metadata": params.get("metadata") or {},
            "controller": {"stripe_dashboard": {"type": params.get("dashboard", "none")}},
            "capabilities": {"transfers": {"requested": True}} if wanted else {},
        },
        view | {"v2": True, "configurations": sorted(params.get("configuration") or {})},
    )
    return shown(call, account, params.get("include") or [])


def shown(call: Call, account: Body, include: list[str]) -> Body:
    """An account as v2 shows it; what is not in `include` is absent."""
    view = call.store.secret(account["id"])["view"]
    body: Body = {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": view.get("configurations", ["recipient"]),
        "closed": view.get("closed", False),
        "contact_email": account["email"],
        "contact_phone": view.get("contact_phone"),
        "created": instant(account["created"]),
        "dashboard": view.get("dashboard") or account["controller"]["stripe_dashboard"]["type"],
        "display_name": view.get("display_name"),
        "livemode": False,
        "metadata": account["metadata"],
    }
    if "configuration.recipient" in include:
        body["configuration"] = {"recipient": _recipient(account)}
    if "defaults" in include:
        given = view.get("defaults") or {}
        responsibilities = {"requirements_collector": "stripe"} | (
            given.get("responsibilities") or {}
        )
        body["defaults"] = given | {
            "currency": account["default_currency"],
            "responsibilities": responsibilities,
        }
    if "identity" in include:
        body["identity"] = call.spec.fit("v2.core.account", "identity", view.get("identity"))
    if "requirements" in include:
        body["requirements"] = {
            "entries": [_entry(call, due) for due in account["requirements"]["currently_due"]]
        }
    return {name: value for name, value in body.items() if value is not None}


def _recipient(account: Body) -> Body:
    status = account["capabilities"].get("transfers")
    if status is None:
        return {"applied": True}
    reason = account["requirements"]["disabled_reason"] or ""
    state = (
        "active"
        if status == "active"
        else "rejected"
        if reason.startswith("rejected")
        else "restricted"
    )
    code, resolution = DETAILS.get(reason, ("restricted_other", "contact_stripe"))
    if state == "rejected" and reason not in DETAILS:
        code, resolution = "rejected_other", "no_resolution"
    details = [] if state == "active" else [{"code": code, "resolution": resolution}]
    transfers = {"status": state, "status_details": details}
    return {"applied": True, "capabilities": {"stripe_balance": {"stripe_transfers": transfers}}}


def _entry(call: Call, due: str) -> Body:
    return call.spec.blank("V2.Core.Account.Requirements.Entry") | {"description": due}


def retrieve(call: Call, identity: str) -> Body:
    """Returns an account (API v2)."""
    return shown(call, call.get("account", identity), call.params.get("include") or [])


def update(call: Call, identity: str) -> Body:
    """Updates an account (API v2)."""
    account, params = call.get("account", identity), call.params
    view = call.store.secret(identity)["view"]
    names = ("display_name", "dashboard", "contact_phone", "identity", "defaults")
    view.update({name: params[name] for name in names if name in params})
    if "contact_email" in params:
        account["email"] = params["contact_email"]
    if _recipient_wanted(params):
        ready = account["payouts_enabled"]
        account["capabilities"].setdefault("transfers", "active" if ready else "inactive")
    call.merge_metadata(account, params.get("metadata"))
    call.emit("account.updated", account, {}, account=identity)
    return shown(call, account, params.get("include") or [])


def close(call: Call, identity: str) -> Body:
    """Closes an account."""
    account = call.get("account", identity)
    view = call.store.secret(identity)["view"]
    if view.get("closed"):
        raise refused("This account is closed already.")
    view["closed"] = True
    account.update(payouts_enabled=False, charges_enabled=False)
    account["capabilities"] = dict.fromkeys(account["capabilities"], "inactive")
    call.emit("account.application.deauthorized", account, account=identity)
    return shown(call, account, [])


def index(call: Call) -> Body:
    """Lists accounts (API v2), newest first."""
    params = {"limit": call.params.get("limit", 20)}
    call.params = params | (
        {"starting_after": call.params["page"]} if call.params.get("page") else {}
    )
    page = call.page("account", "/v2/core/accounts")
    data = [shown(call, account, []) for account in page["data"]]
    more = (
        f"/v2/core/accounts?limit={params['limit']}&page={data[-1]['id']}"
        if page["has_more"]
        else None
    )
    return {"data": data, "next_page_url": more, "previous_page_url": None}


ROUTES: Routes = {
    ("POST", "/v2/core/accounts"): create,
    ("GET", "/v2/core/accounts"): index,
    ("GET", "/v2/core/accounts/{id}"): retrieve,
    ("POST", "/v2/core/accounts/{id}"): update,
    ("POST", "/v2/core/accounts/{id}/close"): close,
}
