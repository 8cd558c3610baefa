"""The pages that Stripe and the bank would host: onboarding, the Express dashboard, 3-D Secure.
Plain HTML forms.
"""

from importlib.resources import files
from typing import NamedTuple

import jinja2

from sandbox.stripe import accounts
from sandbox.stripe.api import Api
from sandbox.stripe.controls import three_d_secure
from sandbox.stripe.errors import StripeError
from sandbox.stripe.rows import Body


class Page(NamedTuple):
    """HTML, or a redirect."""

    status: int
    html: str = ""
    location: str | None = None


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FunctionLoader(
        lambda name: files("sandbox.stripe").joinpath("templates", name).read_text()
    ),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


def _page(template: str, title: str, status: int = 200, **values: object) -> Page:
    return Page(status, _TEMPLATES.get_template(template).render(title=title, **values))


def _message(title: str, message: str, status: int = 200) -> Page:
    return _page("message.html", title, status, message=message)


def _gone(what: str) -> Page:
    return _message("This link has expired", f"This {what} was used already, or is too old.", 410)


def onboarding(api: Api, method: str, token: str, params: Body) -> Page:
    """Onboarding: complete or leave. The link works once and for five minutes; after that it
    redirects to where a new one is made.
    """
    link = _secret(api, f"link_{token}")
    if link is None:
        return _gone("link")
    if link["used"] or link["expires"] < api.store.now():
        return Page(302, location=link["refresh_url"]) if link["refresh_url"] else _gone("link")
    outcome = params.get("outcome")
    if method != "POST" or outcome not in ("complete", "leave"):
        return _page("onboarding.html", "Get paid", account=link["account"])
    link["used"] = True
    if outcome == "complete":
        call = api.call()
        accounts.settle(call, call.get("account", link["account"]), "complete")
    return (
        Page(302, location=link["return_url"])
        if link["return_url"]
        else _message("Done", "You can leave.")
    )


def express(api: Api, method: str, token: str, params: Body) -> Page:
    """What a connected account would see: its balance and what it was paid."""
    link = _secret(api, f"login_{token}")
    if link is None or link["expires"] < api.store.now():
        return _gone("link")
    call = api.call(account=link["account"])
    account = call.get("account", link["account"])
    transfers = call.page("transfer", "", destination=link["account"])["data"]
    return _page("express.html", "Express dashboard", account=account, transfers=transfers)


def three_d_secure_page(api: Api, method: str, identity: str, params: Body) -> Page:
    """The bank's challenge as a page; redirects to the return address afterwards."""
    intent = api.store.find(identity)
    if intent is None or intent.get("client_secret") != params.get("client_secret"):
        return _gone("link")
    back = api.store.secret(identity).get("return_url")
    if method == "POST" and intent["status"] == "requires_action":
        three_d_secure(api, params, identity)
    if intent["status"] == "requires_action":
        return _page("three_d_secure.html", "3-D Secure")
    return (
        Page(302, location=_returned(back, intent))
        if back
        else _message("Done", "You can close this page.")
    )


def _returned(back: str, intent: Body) -> str:
    name = intent["object"]
    good = "succeeded" if intent["status"] in ("succeeded", "requires_capture") else "failed"
    mark = "&" if "?" in back else "?"
    secret = f"{name}_client_secret={intent['client_secret']}"
    return f"{back}{mark}{name}={intent['id']}&{secret}&redirect_status={good}"


def _secret(api: Api, identity: str) -> Body | None:
    try:
        return api.store.secret(identity)
    except LookupError:
        return None


def shown(api: Api, method: str, segments: list[str], params: Body) -> Page | None:
    """The page of a path below /_sandbox, if there is one."""
    if len(segments) == 2 and segments[0] in PAGES and method in ("GET", "POST"):
        try:
            return PAGES[segments[0]](api, method, segments[1], params)
        except StripeError as error:
            return _message("This cannot be done", str(error), error.status)
    return None


PAGES = {"onboarding": onboarding, "express": express, "authenticate": three_d_secure_page}
