"""The Stripe sandbox behind the gateway's port, where a stack publishes no other."""

from __future__ import annotations

import asyncio

import pytest

from gateway.settings import GatewaySettings
from gateway.tests.assertions import assert_problem
from gateway.tests.conftest import Open, ReceivedRequest, Service, reply
from shared.settings import BadSettings, load

DECLINED = b'{"error":{"code":"card_declined"}}'


async def declines(_: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
    writer.write(reply(402, DECLINED, ("access-control-allow-origin", "*")))


async def test_sandbox_answers_through_the_gateway_with_stripes_own_errors(
    open_gateway: Open, service: Service
) -> None:
    service.answer = declines
    gateway = await open_gateway(stripe_sandbox_url=service.url)
    for path in ("/v1/setup_intents/seti_1/confirm", "/_sandbox/accounts/acct_1/onboard"):
        response = await gateway.http.post(
            path, data={"payment_method": "pm_card_visa"}, auth=("sk_test_x", "")
        )
        assert (response.status_code, response.content) == (402, DECLINED)
        assert response.headers["access-control-allow-origin"] == "*"
        assert service.received[-1].target == path
        assert service.received[-1].body == b"payment_method=pm_card_visa"
        assert (service.received[-1].header("authorization") or "").startswith("Basic ")


async def test_config_has_the_script_behind_the_gateway(
    open_gateway: Open, service: Service
) -> None:
    gateway = await open_gateway(stripe_sandbox_url=service.url, public_url="http://localhost:4711")
    response = await gateway.http.get("/config.json")
    assert response.json()["stripe_js_url"] == "http://localhost:4711/v3/"
    page = await gateway.http.get("/", headers={"accept": "text/html"})
    assert " http://localhost:4711;" in page.headers["content-security-policy"]


async def test_sandbox_that_is_away_is_503(open_gateway: Open, service: Service) -> None:
    gateway = await open_gateway(stripe_sandbox_url=service.url)
    await service.kill()
    assert_problem(await gateway.http.get("/v1/payment_intents"), 503, "service_unavailable")


async def test_without_a_sandbox_its_paths_do_not_exist(
    open_gateway: Open, service: Service
) -> None:
    gateway = await open_gateway()
    assert_problem(await gateway.http.post("/_sandbox/reset"), 404, "not_found")
    assert not service.received


@pytest.mark.parametrize(
    "settings",
    [
        {"STRIPE_SANDBOX_URL": "http://sandbox:12111", "ENVIRONMENT": "production"},
        {"STRIPE_SANDBOX_URL": "https://api.stripe.com"},
    ],
)
def test_no_sandbox_in_production_and_no_stripe_as_sandbox(settings: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="STRIPE_SANDBOX_URL"):
        load(GatewaySettings, settings)
