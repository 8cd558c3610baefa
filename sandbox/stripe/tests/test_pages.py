"""The pages and the browser script."""

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.stripe.tests.stand import Body, Stand

BACK = "http://localhost:5173/return"


def link(stripe: Stand, account: str) -> str:
    urls: Body = {"refresh_url": "http://localhost:5173/refresh", "return_url": BACK}
    url: str = stripe.post("/v1/account_links", account=account, type="account_onboarding", **urls)[
        "url"
    ]
    return url


def new_account(stripe: Stand) -> str:
    controller = {"stripe_dashboard": {"type": "express"}}
    made = stripe.post(
        "/v1/accounts", controller=controller, capabilities={"transfers": {"requested": "true"}}
    )
    identity: str = made["id"]
    return identity


def test_onboarding_is_completed_by_a_form_once(stripe: Stand) -> None:
    account = new_account(stripe)
    url = link(stripe, account)
    page = stripe.http.get(url)
    assert page.headers["content-type"].startswith("text/html")
    assert account in page.text
    assert 'value="complete"' in page.text
    done = stripe.http.post(url, data={"outcome": "complete", "first_name": "Grace"})
    assert (done.status_code, done.headers["location"]) == (302, BACK)
    assert stripe.get(f"/v1/accounts/{account}")["details_submitted"] is True
    again = stripe.http.get(url)
    assert (again.status_code, again.headers["location"]) == (302, "http://localhost:5173/refresh")


def test_leaving_changes_nothing_and_a_link_lives_five_minutes(stripe: Stand) -> None:
    account = new_account(stripe)
    left = stripe.http.post(link(stripe, account), data={"outcome": "leave"})
    assert left.headers["location"] == BACK
    assert stripe.get(f"/v1/accounts/{account}")["details_submitted"] is False
    old = link(stripe, account)
    stripe.control("clock", advance=301)
    assert (
        stripe.http.post(old, data={"outcome": "complete"}).headers["location"].endswith("/refresh")
    )
    assert stripe.get(f"/v1/accounts/{account}")["details_submitted"] is False
    assert stripe.http.get("/_sandbox/onboarding/guess").status_code == 410


def test_the_dashboard_shows_what_was_paid(stripe: Stand) -> None:
    account = stripe.account()
    charge = stripe.captured(stripe.saved_card(), 9000)["latest_charge"]
    stripe.post(
        "/v1/transfers", amount=4321, currency="usd", destination=account, source_transaction=charge
    )
    page = stripe.http.get(stripe.post(f"/v1/accounts/{account}/login_links")["url"])
    assert "43.21 USD" in page.text


def test_a_bank_on_a_page_of_its_own_sends_the_cardholder_back(stripe: Stand) -> None:
    customer, card = stripe.saved_card("pm_card_authenticationRequired")
    intent = stripe.post(
        "/v1/payment_intents",
        amount=900,
        currency="usd",
        customer=customer,
        payment_method=card,
        confirm="true",
        return_url=BACK + "?booking=7",
    )
    url = intent["next_action"]["redirect_to_url"]["url"]
    assert stripe.http.get(urlsplit(url).path).status_code == 410  # not without the client secret
    assert "Complete" in stripe.http.get(url).text
    done = stripe.http.post(url, data={"outcome": "succeed"})
    query = parse_qs(urlsplit(done.headers["location"]).query)
    assert query["booking"] == ["7"]
    assert (query["payment_intent"], query["redirect_status"]) == ([intent["id"]], ["succeeded"])
    assert stripe.get(f"/v1/payment_intents/{intent['id']}")["status"] == "succeeded"


def test_the_script_is_served_where_stripe_serves_its_own(stripe: Stand) -> None:
    for path in ("/v3/", "/v3", "/endive/stripe.js"):
        answer = stripe.http.get(path)
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "window.Stripe = Stripe" in answer.text
        assert "'endive'" in answer.text


def test_a_card_number_with_the_secret_key_is_refused(stripe: Stand) -> None:
    intent = stripe.post("/v1/setup_intents")["id"]
    data = {
        "type": "card",
        "card": {"number": "4242424242424242", "exp_month": "12", "exp_year": "34", "cvc": "1"},
    }
    error = stripe.post(
        f"/v1/setup_intents/{intent}/confirm", expect=400, payment_method_data=data
    )["error"]
    assert "unsafe" in error["message"]


def test_the_script_is_one_that_a_browser_can_read(stripe: Stand, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here to read the script with")
    script = tmp_path / "stripe.js"
    script.write_bytes(stripe.http.get("/v3/").content)
    dom = "globalThis.window = globalThis; globalThis.document = {}; globalThis.location = {origin: 'http://h'};"
    ask = (
        "const s = Stripe.apply(undefined, ['pk_test_x']);"
        "const e = s.elements({clientSecret: 'seti_1_secret_2'}), p = e.create('payment');"
        "const live = () => { try { Stripe('pk_live_x') } catch (error) { return error.message } };"
        "console.log(JSON.stringify([Stripe.version, e.getElement({__elementType: 'payment'}) "
        "=== p, live()]))"
    )
    code = f"{dom} require({str(script)!r}); {ask}"
    run = subprocess.run([node, "-e", code], capture_output=True, text=True, timeout=20)
    assert run.returncode == 0, run.stderr
    version, same, refused = json.loads(run.stdout)
    assert (version, same) == ("endive", True)
    assert "takes no live key" in refused
