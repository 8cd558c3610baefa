"""Whatever is sent, the answer is Stripe's error body and never a 500 or a hang."""

import pytest

from sandbox.stripe.tests.stand import KEY, Stand

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "body",
    [
        b"amount=5000&currency=usd&metadata=x",
        b"amount=" + b"9" * 5000 + b"&currency=usd",
        b"amount=-5&currency=usd",
        b"amount[0]=5&currency=usd",
        b"amount=5000&currency[a]=usd",
        b"amount=5000&currency=u%00sd",
        b"\xff\xfe=1",
        b"a[b=1",
        b"amount=5000&currency=usd&metadata" + b"[a]" * 50 + b"=1",
        b"amount=5000&currency=usd&expand[]=no.such",
        b"amount=5000&currency=usd&customer=cus_nobody",
        b"amount=5000&currency=usd&payment_method=../../etc",
        b"amount=5000&currency=usd&capture_method=whenever",
    ],
)
def test_a_bad_form_is_400(stripe: Stand, body: bytes) -> None:
    answer = stripe.http.post("/v1/payment_intents", content=body, headers=KEY | FORM)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert stripe.get("/v1/payment_intents")["data"] == []


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b'{"dashboard": 5}', b'{"nothing": 1}', b'{"include": "x"}']
)
def test_bad_json_is_400(stripe: Stand, body: bytes) -> None:
    headers = KEY | {"Content-Type": "application/json"}
    assert stripe.http.post("/v2/core/accounts", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/customers?limit=0", 400),
        ("/v1/customers?limit=ten", 400),
        ("/v1/customers?created[gte]=x", 400),
        ("/v1/customers?starting_after=pi_1", 400),
        ("/v1/customers/%00", 404),
        ("/v1/customers/" + "x" * 4000, 404),
        ("/v1/nothing", 404),
        ("/v3/../v1/nothing", 404),
    ],
)
def test_a_bad_query_or_path_is_4xx(stripe: Stand, path: str, status: int) -> None:
    assert stripe.http.get(path, headers=KEY).status_code == status


def test_a_key_needs_no_more_than_to_be_one(stripe: Stand) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic ***"},
        {"Authorization": "Bearer live"},
    ):
        answer = stripe.http.get("/v1/customers", headers=headers)
        assert (answer.status_code, answer.json()["error"]["type"]) == (
            401,
            "invalid_request_error",
        )


def test_an_idempotency_key_is_no_way_around_authentication(stripe: Stand) -> None:
    stripe.post("/v1/customers", key="k1", name="secret")
    assert (
        stripe.http.post(
            "/v1/customers", headers={"Idempotency-Key": "k1"}, data={"name": "secret"}
        ).status_code
        == 401
    )


def test_unknown_controls_are_404(stripe: Stand) -> None:
    stripe.control("nothing", expect=404)
    stripe.control("accounts/acct_1/onboard", expect=404)
    stripe.control("3ds/pi_1", expect=404, outcome="succeed")
