"""`fail_next`: what a client sees, and what was done all the same."""

import threading

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from sandbox.stripe.tests.stand import KEY, Stand

PATH = "/v1/customers"


def rule(stripe: Stand, mode: str, times: int = 1, path: str = PATH, **more: int) -> None:
    stripe.control("fail_next", path=path, mode=mode, times=times, **more)


def customers(stripe: Stand) -> int:
    return len(stripe.get(PATH)["data"])


def silent(stripe: Stand, key: str) -> None:
    """The POST that is never answered."""
    with pytest.raises(httpx.ReadTimeout):
        stripe.http.post(
            PATH,
            data={"email": "a@example.test"},
            headers=KEY | {"Idempotency-Key": key},
            timeout=0.4,
        )


def test_timeout_before_does_nothing(stripe: Stand) -> None:
    rule(stripe, "timeout_before")
    silent(stripe, "k1")
    assert customers(stripe) == 0
    asked = stripe.requests(path=PATH, method="POST")
    assert [(one["idempotency_key"], one["status"]) for one in asked] == [("k1", None)]
    stripe.post(PATH, key="k1", email="a@example.test")
    assert customers(stripe) == 1


def test_timeout_after_does_the_work_and_the_key_replays_it(stripe: Stand) -> None:
    rule(stripe, "timeout_after")
    silent(stripe, "k1")
    assert customers(stripe) == 1
    answer = stripe.http.post(
        PATH, data={"email": "a@example.test"}, headers=KEY | {"Idempotency-Key": "k1"}
    )
    assert answer.headers["idempotent-replayed"] == "true"
    assert customers(stripe) == 1


@pytest.mark.parametrize(("mode", "done"), [("timeout_before", 0), ("timeout_after", 1)])
def test_connection_is_closed_after_the_seconds(stripe: Stand, mode: str, done: int) -> None:
    rule(stripe, mode, seconds=0)
    with pytest.raises(httpx.RemoteProtocolError):
        stripe.http.post(PATH, headers=KEY | {"Idempotency-Key": "k1"}, timeout=60)
    assert customers(stripe) == done


def test_closing_connections_leaves_no_descriptor_open(stripe: Stand) -> None:
    def closed() -> int:
        rule(stripe, "timeout_before", seconds=0)
        with pytest.raises(httpx.RemoteProtocolError):
            stripe.http.post(PATH, headers=KEY, timeout=60)
        return int(psutil.Process(stripe.process.pid).num_fds())

    before = closed()
    assert max(closed() for _ in range(5)) <= before + 1


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [("500", 500, None), ("429", 429, "rate_limit"), ("409", 409, "idempotency_key_in_use")],
)
def test_refusals_at_once_do_nothing_and_burn_no_key(
    stripe: Stand, mode: str, status: int, code: str | None
) -> None:
    rule(stripe, mode, times=2)
    for _ in range(2):
        assert stripe.post(PATH, key="k1", expect=status)["error"].get("code") == code
    assert customers(stripe) == 0
    stripe.post(PATH, key="k1")
    assert [one["status"] for one in stripe.requests(path=PATH, method="POST")] == [
        status,
        status,
        200,
    ]


def test_500_after_is_what_the_key_replays_for_ever(stripe: Stand) -> None:
    rule(stripe, "500_after")
    stripe.post(PATH, key="k1", expect=500)
    stripe.post(PATH, key="k1", expect=500)
    assert customers(stripe) == 1


def test_the_same_key_at_once_is_409(stripe: Stand) -> None:
    rule(stripe, "slow", seconds=2)  # whichever comes first is at work when the other comes
    answers: list[tuple[int, str | None]] = []

    def ask() -> None:
        with httpx.Client(base_url=stripe.base, trust_env=False) as http:
            answer = http.post(PATH, headers=KEY | {"Idempotency-Key": "k1"}, timeout=10)
            answers.append((answer.status_code, answer.json().get("error", {}).get("code")))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(200, None), (409, "idempotency_key_in_use")]
    assert customers(stripe) == 1


def test_a_rule_meets_only_posts_to_its_path_and_a_star_is_one_segment(stripe: Stand) -> None:
    card = stripe.saved_card()
    rule(stripe, "500", path="/v1/payment_intents/*/capture")
    rule(stripe, "429", path="/v1/payment_intents")
    assert stripe.get("/v1/payment_intents")["data"] == []
    stripe.hold(card, expect=429)
    intent = stripe.hold(card)["id"]
    stripe.post(f"/v1/payment_intents/{intent}/capture", expect=500)
    stripe.post(f"/v1/payment_intents/{intent}/capture")


def test_a_rule_without_sense_is_refused(stripe: Stand) -> None:
    stripe.control("fail_next", expect=400, path=PATH, mode="explode")
    stripe.control("fail_next", expect=400, path=PATH, mode="500", times=0)
    stripe.control("fail_next", expect=400, path=PATH, mode="500", whatever=1)
    rule(stripe, "500")
    assert stripe.control("fail_next") == {"rules": []}
    stripe.post(PATH)
