"""The pages that Stripe and the bank would host: onboarding, the Express dashboard, 3-D Secure.
Plain HTML forms.
"""

from html import escape
from importlib.resources import files
from typing import NamedTuple

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


LAYOUT = files("sandbox.stripe").joinpath("static/page.html").read_text()


def _page(title: str, content: str, status: int = 200) -> Page:
    return Page(status, LAYOUT.replace("{{title}}", escape(title)).replace("{{content}}", content))


def _gone(what: str) -> Page:
    return _page(
        "This link has expired", f"<p>This {what} was used already, or is too old.</p>", 410
    )


def _choice(value: str, label: str, kind: str = "") -> str:
    return f'<button class="{kind}" name="outcome" value="{value}">{escape(label)}</button>'


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
        return _form_of_onboarding(link["account"])
    link["used"] = True
    if outcome == "complete":
        call = api.call()
        accounts.settle(call, call.get("account", link["account"]), "complete")
    return (
        Page(302, location=link["return_url"])
        if link["return_url"]
        else _page("Done", "<p>You can leave.</p>")
    )


def _form_of_onboarding(account: str) -> Page:
    fields = "".join(
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" value="{value}">'
        for name, label, value in (
            ("first_name", "First name", "Jenny"),
            ("last_name", "Last name", "Rosen"),
            ("date_of_birth", "Date of birth", "1990-01-01"),
            ("bank_account", "Bank account", "000123456789"),
        )
    )
    return _page(
        "Get paid",
        f"<p>Account <code>{escape(account)}</code>. Nothing typed here is kept or checked.</p>"
        f'<form method="post">{fields}'
        f"{_choice('complete', 'Complete onboarding', 'first')}"
        f"{_choice('leave', 'Leave without finishing')}</form>",
    )


def express(api: Api, method: str, token: str, params: Body) -> Page:
    """What a connected account would see: its balance and what it was paid."""
    link = _secret(api, f"login_{token}")
    if link is None or link["expires"] < api.store.now():
        return _gone("link")
    call = api.call(account=link["account"])
    account = call.get("account", link["account"])
    rows = "".join(
        f"<tr><td>{escape(one['id'])}</td><td>{one['amount'] / 100:.2f} "
        f"{escape(one['currency'].upper())}</td></tr>"
        for one in call.page("transfer", "", destination=link["account"])["data"]
    )
    return _page(
        "Express dashboard",
        f"<p>Account <code>{escape(account['id'])}</code>, payouts "
        f"{'enabled' if account['payouts_enabled'] else 'not enabled'}.</p>"
        f"<table><caption>Transfers</caption><thead><tr><th>Id</th><th>Amount</th></tr></thead>"
        f"<tbody>{rows or '<tr><td colspan=2>None yet</td></tr>'}</tbody></table>",
    )


def three_d_secure_page(api: Api, method: str, identity: str, params: Body) -> Page:
    """The bank's challenge as a page; redirects to the return address afterwards."""
    intent = api.store.find(identity)
    if intent is None or intent.get("client_secret") != params.get("client_secret"):
        return _gone("link")
    back = api.store.secret(identity).get("return_url")
    if method == "POST" and intent["status"] == "requires_action":
        three_d_secure(api, params, identity)
    if intent["status"] == "requires_action":
        return _page(
            "3-D Secure",
            "<p>Your bank asks whether this is you.</p>"
            f'<form method="post">{_choice("succeed", "Complete", "first")}'
            f"{_choice('fail', 'Fail')}</form>",
        )
    return (
        Page(302, location=_returned(back, intent))
        if back
        else _page("Done", "<p>You can close this page.</p>")
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
            return _page("This cannot be done", f"<p>{escape(str(error))}</p>", error.status)
    return None


PAGES = {"onboarding": onboarding, "express": express, "authenticate": three_d_secure_page}
