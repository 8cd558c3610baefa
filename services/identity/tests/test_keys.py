"""Key rotation that users do not notice, and foreign tokens."""

import asyncio
import base64
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from services.identity import app, rotate_keys
from services.identity.commands.signing_keys import Keyring
from services.identity.settings import IdentitySettings
from services.identity.tests.conftest import SECRET, own_verifier
from services.identity.tests.signing_in import refused
from shared import clock
from shared.auth import AUDIENCE, ISSUER, User, Verifier
from shared.problems import Unauthenticated
from shared.settings import BadSettings, load
from shared.testing import token_for

LEAD = timedelta(seconds=601)


def kid_of(session: dict[str, Any]) -> str:
    return str(jwt.get_unverified_header(session["access_token"])["kid"])


async def published(identity: Any) -> list[str]:
    answer = await identity.harness.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    return [key["kid"] for key in answer.json()["keys"]]


# ---- the document


async def test_the_keys_are_public_cacheable_and_verify_our_tokens(identity: Any) -> None:
    session = await identity.session()
    answer = await identity.harness.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert (key["kty"], key["crv"], key["alg"], key["use"], key["kid"]) == (
        "EC",
        "P-256",
        "ES256",
        "sig",
        kid_of(session),
    )
    claims = jwt.decode(session["access_token"], jwt.PyJWK(key), audience=AUDIENCE, issuer=ISSUER)
    assert claims["sub"] == session["user"]["id"]


async def test_the_private_key_lies_encrypted(identity: Any) -> None:
    await published(identity)
    (row,) = await identity.harness.sql("select * from signing_keys")
    assert "d" not in json.loads(row["public_jwk"])
    with pytest.raises(ValueError):
        load_der_private_key(row["encrypted_private_key"][12:], None)


async def test_replicas_that_start_at_once_make_one_key(identity: Any) -> None:
    harness = identity.harness
    keyrings = [Keyring(harness.app.state.settings, harness.database) for _ in range(5)]
    kids = {
        signer.kid for signer in await asyncio.gather(*(keyring.signer() for keyring in keyrings))
    }
    assert len(kids) == 1
    assert len(await harness.sql("select from signing_keys")) == 1


# ---- rotation


async def test_a_new_key_is_public_before_it_signs_and_the_old_one_until_its_tokens_are_over(
    identity: Any,
) -> None:
    old = await identity.session("old@example.org")
    (first,) = await published(identity)
    second = await identity.harness.app.state.keyring.rotate()
    assert sorted(await published(identity)) == sorted([first, second])
    assert kid_of(await identity.session("before@example.org")) == first
    verifier = Verifier("x", fetch=identity.harness.app.state.keyring.as_jwks)
    with clock.shifted(LEAD):
        session = await identity.session("after@example.org")
        assert kid_of(session) == second
        assert (await verifier.verify(old["access_token"])).first_name == "Ada"
        assert (await identity.refresh(old["refresh_token"])).status_code == 200
    with clock.shifted(LEAD + timedelta(seconds=900 + 60)):
        assert first in await published(identity)
    with clock.shifted(LEAD + timedelta(minutes=21)):
        assert await published(identity) == [second]
        await identity.harness.prune()
        assert len(await identity.harness.sql("select from signing_keys")) == 1


async def test_the_clock_rotates_keys_in_time(identity: Any) -> None:
    keyring = identity.harness.app.state.keyring
    first = (await keyring.signer()).kid
    with clock.shifted(timedelta(days=29)):
        await keyring.keep_fresh()
        assert await published(identity) == [first]
    with clock.shifted(timedelta(days=30) - timedelta(minutes=5)):
        await keyring.keep_fresh()
        await keyring.keep_fresh()
        assert len(await published(identity)) == 2
        assert (await keyring.signer()).kid == first
    with clock.shifted(timedelta(days=30, minutes=6)):
        assert (await keyring.signer()).kid != first


async def test_a_service_that_was_away_for_long_still_signs_and_announces(identity: Any) -> None:
    keyring = identity.harness.app.state.keyring
    first = (await keyring.signer()).kid
    with clock.shifted(timedelta(days=365)):
        assert (await keyring.signer()).kid == first
        assert len(await published(identity)) == 2
    with clock.shifted(timedelta(days=365, minutes=11)):
        assert (await keyring.signer()).kid != first


async def test_a_leaked_key_is_replaced_at_once(identity: Any) -> None:
    session = await identity.session()
    leaked = kid_of(session)
    new = await rotate_keys.rotate(identity.harness.app.state.settings, revoke_others=True)
    with clock.shifted(timedelta(seconds=31)):  # the other process's change is visible by then
        assert await published(identity) == [new]
        assert leaked != new
        with pytest.raises(Unauthenticated):
            await own_verifier(identity.harness).verify(session["access_token"])
        assert kid_of((await identity.refresh(session["refresh_token"])).json()) == new


async def test_a_revoked_key_signs_nothing_more_in_any_replica(identity: Any) -> None:
    session = await identity.session()
    new = await rotate_keys.rotate(identity.harness.app.state.settings, revoke_others=True)
    assert kid_of((await identity.log_in()).json()) == new
    assert kid_of((await identity.refresh(session["refresh_token"])).json()) == new


async def test_the_operators_rotation_is_announced_first(identity: Any) -> None:
    session = await identity.session()
    new = await rotate_keys.rotate(identity.harness.app.state.settings, revoke_others=False)
    with clock.shifted(timedelta(seconds=31)):
        assert sorted(await published(identity)) == sorted([kid_of(session), new])


async def test_another_encryption_secret_signs_nobody_out(
    identity: Any, make_identity: Any
) -> None:
    session = await identity.session()
    harness = identity.harness
    secret = base64.urlsafe_b64encode(b"x" * 32).decode()
    settings = load(
        IdentitySettings,
        {
            "DATABASE_URL": harness.database.url,
            "AMQP_URL": "amqp://x",
            "SIGNING_KEY_SECRET": secret,
        },
    )
    keyring = Keyring(settings, harness.database)
    signer = await keyring.signer()
    assert signer.kid != kid_of(session)
    assert {key.kid for key in await keyring.published()} == {signer.kid, kid_of(session)}
    assert (
        await Verifier("x", fetch=keyring.as_jwks).verify(session["access_token"])
    ).first_name == "Ada"


# ---- foreign tokens


def forged(session: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**jwt.decode(session["access_token"], options={"verify_signature": False}), **changes}


async def test_a_token_of_ours_changed_in_any_way_is_refused(identity: Any) -> None:
    session = await identity.session()
    head, body, signature = session["access_token"].split(".")
    other = jwt.utils.base64url_encode(
        json.dumps(forged(session, role="consultant")).encode()
    ).decode()
    none = jwt.utils.base64url_encode(
        json.dumps({"alg": "none", "kid": kid_of(session)}).encode()
    ).decode()
    for token in (
        f"{head}.{other}.{signature}",
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{head}.{body}.",
    ):
        assert refused(await identity.me(token)), token


async def test_a_token_signed_by_another_key_is_refused(identity: Any) -> None:
    session = await identity.session()
    claims, key = forged(session), ec.generate_private_key(ec.SECP256R1())
    ours = jwt.PyJWK((await identity.harness.get("/.well-known/jwks.json")).json()["keys"][0])
    public = jwt.utils.base64url_encode(repr(ours.key.public_numbers()).encode())
    for token in (
        jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid_of(session)}),
        jwt.encode(claims, key, algorithm="ES256", headers={"kid": "unknown"}),
        jwt.encode(claims, key, algorithm="ES256"),
        jwt.encode(claims, public, algorithm="HS256", headers={"kid": kid_of(session)}),
        jwt.encode(claims, "", algorithm="none", headers={"kid": kid_of(session)}),
    ):
        assert refused(await identity.me(token)), token


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody-else"}, {"aud": "somebody-else"}, {"iss": None}, {"aud": None},
        {"sub": "me"}, {"sub": None}, {"jti": None},
        {"role": None}, {"exp": 1}, {"exp": None}, {"exp": "soon"}, {"iat": None},
        {"exp": 10**400}, {"sub": str(uuid4())},
    ],
)  # fmt: skip
async def test_a_token_of_ours_with_wrong_claims_is_refused(
    identity: Any, changes: dict[str, Any]
) -> None:
    session = await identity.session()
    signer = await identity.harness.app.state.keyring.signer()
    claims = {
        name: value for name, value in forged(session, **changes).items() if value is not None
    }
    assert refused(
        await identity.me(
            jwt.encode(claims, signer.key, algorithm="ES256", headers={"kid": signer.kid})
        )
    )


async def test_a_token_without_kid_or_with_an_odd_session_is_refused(identity: Any) -> None:
    session = await identity.session()
    signer = await identity.harness.app.state.keyring.signer()
    assert refused(await identity.me(jwt.encode(forged(session), signer.key, algorithm="ES256")))
    for sid in ("no uuid", 5, ["x"]):
        claims = forged(session, sid=sid)
        token = jwt.encode(claims, signer.key, algorithm="ES256", headers={"kid": signer.kid})
        assert refused(await identity.me(token)), sid


async def test_a_token_expires(identity: Any) -> None:
    session = await identity.session()
    user = User(session["user"]["id"], "seeker")
    signer = await identity.harness.app.state.keyring.signer()
    soon = token_for(user, seconds=1, key=signer.key, kid=signer.kid, sid=None)
    assert (await identity.me(soon)).status_code == 200
    expires = jwt.decode(soon, options={"verify_signature": False})["exp"]
    await asyncio.sleep(expires - time.time() + 0.01)
    assert refused(await identity.me(soon))


# ---- settings


@pytest.mark.parametrize(
    "secret",
    ["", "short", SECRET[:-4], SECRET + "A", "+" * 43, "ü" * 43, SECRET.replace("I=", "J=")],
)
def test_a_malformed_secret_fails_at_the_start_by_name(secret: str) -> None:
    environment = {
        "DATABASE_URL": "postgresql://x",
        "AMQP_URL": "amqp://x",
        "SIGNING_KEY_SECRET": secret,
    }
    with pytest.raises(BadSettings, match="SIGNING_KEY_SECRET is m") as caught:
        load(IdentitySettings, environment)
    assert not secret or secret not in str(caught.value)


def test_a_secret_without_padding_is_the_same() -> None:
    environment = {
        "DATABASE_URL": "postgresql://x",
        "AMQP_URL": "amqp://x",
        "SIGNING_KEY_SECRET": SECRET,
    }
    padded, bare = (
        load(IdentitySettings, environment),
        load(IdentitySettings, {**environment, "SIGNING_KEY_SECRET": SECRET[:-1]}),
    )
    assert padded.secret == bare.secret == b"secret-secret-secret-secret-secr"


async def test_the_service_verifies_with_its_own_keys(identity: Any) -> None:
    built = app.build(identity.harness.app.state.settings)
    session = await identity.session()
    try:
        assert (await built.state.verifier.verify(session["access_token"])).role == "seeker"
    finally:
        await built.state.service.disconnect()


@pytest.mark.parametrize("late", [0, 0.001, 0.002, 0.004])
async def test_those_who_come_first_of_all_together_get_one_key(identity: Any, late: float) -> None:
    keyring: Keyring = identity.harness.app.state.keyring

    async def signer(number: int) -> str:
        await asyncio.sleep(late * number)
        return (await keyring.signer()).kid

    for _ in range(10):
        await identity.harness.sql("delete from signing_keys")
        keyring._loaded, keyring._signers = None, []
        assert len(set(await asyncio.gather(*map(signer, range(12))))) == 1
