"""Connected accounts, v1: created, onboarded, restricted, rejected."""

from typing import Any

from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body

DUE = [
    "business_profile.url",
    "external_account",
    "individual.dob.day",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
]
DASHBOARDS = {"custom": "none", "express": "express", "standard": "full"}  # by type
TYPES = {"express": "express", "full": "standard", "none": "none"}  # by dashboard
PLAIN = (
    "business_profile",
    "business_type",
    "default_currency",
    "email",
    "settings",
    "tos_acceptance",
)
WATCHED = (
    "charges_enabled",
    "payouts_enabled",
    "details_submitted",
    "capabilities",
    "requirements",
)
REJECTED = {"fraud": "rejected.fraud", "terms_of_service": "rejected.terms_of_service"}
OUTCOMES = ("complete", "restrict", "reject")


def create(call: Call) -> Body:
    """Creates an account."""
    return open_account(call, call.params)


def open_account(call: Call, params: Body, view: Body | None = None) -> Body:
    """A new account, not onboarded yet; `view` holds what only Accounts v2 shows of it."""
    controller, kind = params.get("controller") or {}, params.get("type")
    if controller and kind:
        raise refused(
            "You may not provide both `type` and `controller`.", "parameters_exclusive", "type"
        )
    dashboard = (controller.get("stripe_dashboard") or {}).get("type") or DASHBOARDS.get(
        kind or "", "full"
    )
    requested = {
        name: "inactive"
        for name, given in (params.get("capabilities") or {}).items()
        if given.get("requested")
    }
    if dashboard == "express" and not requested:
        raise refused(
            "You must request at least one capability for an Express account.", None, "capabilities"
        )
    account = call.new(
        "account",
        secret={"view": view or {}},
        type=kind or TYPES[dashboard],
        charges_enabled=False,
        payouts_enabled=False,
        details_submitted=False,
        email=params.get("email"),
        country=params.get("country", "US"),
        default_currency=params.get("default_currency", "usd"),
        business_type=params.get("business_type"),
        metadata={},
        capabilities=requested,
        controller=_controller(controller, dashboard, kind),
        requirements=_requirements(call, DUE, "requirements.past_due"),
    )
    url = f"/v1/accounts/{account['id']}/external_accounts"
    account["external_accounts"] = {"object": "list", "data": [], "has_more": False, "url": url}
    call.merge_metadata(account, params.get("metadata"))
    return account


def _controller(given: Body, dashboard: str, kind: str | None) -> Body:
    payer = "application_express" if kind == "express" else "account"
    return {
        "type": "application",
        "is_controller": True,
        "requirement_collection": given.get("requirement_collection", "stripe"),
        "fees": {"payer": (given.get("fees") or {}).get("payer", payer)},
        "losses": {"payments": (given.get("losses") or {}).get("payments", "application")},
        "stripe_dashboard": {"type": dashboard},
    }


def _requirements(call: Call, due: list[str], reason: str | None) -> Body:
    requirements = call.spec.blank("Account.Requirements")
    lists: dict[str, Any] = dict.fromkeys(("currently_due", "eventually_due", "past_due"), due)
    empty: dict[str, Any] = {"errors": [], "alternatives": [], "pending_verification": []}
    return requirements | lists | empty | {"disabled_reason": reason}


def retrieve(call: Call, identity: str) -> Body:
    """Returns an account."""
    return call.get("account", identity)


def current(call: Call) -> Body:
    """The account of the key: the platform, unless the Stripe-Account header names another."""
    if call.account:
        return call.get("account", call.account)
    platform = call.spec.blank("account")
    everything = dict.fromkeys(("charges_enabled", "details_submitted", "payouts_enabled"), True)
    return (
        platform
        | everything
        | {"id": "acct_sandboxplatform", "object": "account", "type": "standard"}
    )


def index(call: Call) -> Body:
    """Lists accounts, newest first."""
    return call.page("account", "/v1/accounts")


def update(call: Call, identity: str) -> Body:
    """Updates an account."""
    account, params = call.get("account", identity), call.params
    previous = call.take(account, PLAIN)
    if "metadata" in params:
        previous["metadata"] = dict(account["metadata"])
        call.merge_metadata(account, params["metadata"])
    for name, given in (params.get("capabilities") or {}).items():
        request_capability(account, name, bool(given.get("requested")))
    call.emit("account.updated", account, previous, account=identity)
    return account


def request_capability(account: Body, name: str, requested: bool) -> None:
    """Request a capability, or withdraw the request."""
    if not requested:
        account["capabilities"].pop(name, None)
    elif name not in account["capabilities"]:
        account["capabilities"][name] = "active" if account["details_submitted"] else "inactive"


def delete(call: Call, identity: str) -> Body:
    """Deletes an account."""
    call.get("account", identity)
    call.store.unlist(identity)
    account = call.get("account", identity)
    account.clear()
    account.update(id=identity, object="account", deleted=True)
    return account


def reject(call: Call, identity: str) -> Body:
    """Rejects an account permanently."""
    account = call.get("account", identity)
    settle(call, account, "reject", reason=call.params.get("reason", "other"))
    return account


def settle(call: Call, account: Body, outcome: str, reason: str = "fraud") -> None:
    """Apply Stripe's decision: `complete` onboarding, `restrict` (new requirements) or `reject`
    permanently; emits its event.
    """
    before = {name: account[name] for name in WATCHED}
    good = outcome == "complete"
    why = {
        "complete": None,
        "restrict": "requirements.past_due",
        "reject": REJECTED.get(reason, "rejected.other"),
    }[outcome]
    due = ["individual.verification.document"] if outcome == "restrict" else []
    capabilities = dict.fromkeys(account["capabilities"], "active" if good else "inactive")
    account.update(
        charges_enabled=good and "card_payments" in account["capabilities"],
        payouts_enabled=good,
        details_submitted=True,
        capabilities=capabilities,
        requirements=_requirements(call, due, why),
    )
    previous = {name: value for name, value in before.items() if account[name] != value}
    call.emit("account.updated", account, previous, account=account["id"])
    for name, status in capabilities.items():
        if before["capabilities"].get(name) != status:
            call.emit(
                "capability.updated", capability_of(call, account, name), account=account["id"]
            )


def capability_of(call: Call, account: Body, name: str) -> Body:
    """One capability as an object of its own."""
    capability = call.spec.blank("capability")
    status = account["capabilities"].get(name, "unrequested")
    capability.update(
        id=name,
        object="capability",
        account=account["id"],
        requested=status != "unrequested",
        requested_at=account["created"] if status != "unrequested" else None,
        status=status,
    )
    return capability


def capabilities(call: Call, identity: str) -> Body:
    """Lists an account's capabilities."""
    account = call.get("account", identity)
    data = [capability_of(call, account, name) for name in account["capabilities"]]
    return {
        "object": "list",
        "url": f"/v1/accounts/{identity}/capabilities",
        "has_more": False,
        "data": data,
    }


def capability(call: Call, identity: str, name: str) -> Body:
    """Returns one capability of an account."""
    account = call.get("account", identity)
    if "requested" in call.params:
        request_capability(account, name, call.params["requested"])
        call.emit("account.updated", account, {}, account=identity)
    return capability_of(call, account, name)


ROUTES: Routes = {
    ("POST", "/v1/accounts"): create,
    ("GET", "/v1/accounts"): index,
    ("GET", "/v1/account"): current,
    ("GET", "/v1/accounts/{id}"): retrieve,
    ("POST", "/v1/accounts/{id}"): update,
    ("DELETE", "/v1/accounts/{id}"): delete,
    ("POST", "/v1/accounts/{id}/reject"): reject,
    ("GET", "/v1/accounts/{id}/capabilities"): capabilities,
    ("GET", "/v1/accounts/{accountId}/capabilities/{id}"): capability,
    ("POST", "/v1/accounts/{accountId}/capabilities/{id}"): capability,
}
