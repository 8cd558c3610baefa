"""coturn as configured here: it relays for clients with valid credentials."""

import pathlib
import shutil
import subprocess

import pytest

from deploy.local import coturn, packages
from deploy.local.coturn import Coturn


@pytest.fixture
def server(tmp_path: pathlib.Path) -> Coturn:
    if coturn.installed() is None:
        if not packages.may_install():
            pytest.skip("coturn is not installed, and this user may not install it")
        packages.ensure_coturn(tmp_path / "packages.log")
    return Coturn(tmp_path / "coturn")


def relayed(server: Coturn, secret: str) -> bool:
    """Whether coturn's own client receives a packet that it sent through the relay."""
    client = shutil.which("turnutils_uclient")
    assert client is not None
    arguments = ["-y", "-c", "-n", "1", "-W", secret, "-u", "somebody", "-p", str(server.port)]
    done = subprocess.run(
        [client, *arguments, "127.0.0.1"], capture_output=True, text=True, timeout=60
    )
    return done.returncode == 0 and "Total lost packets 0 " in done.stdout


def test_relay_is_for_those_who_know_the_secret(server: Coturn) -> None:
    server.start()
    try:
        assert relayed(server, server.password)
        assert not relayed(server, "guessed")
    finally:
        server.stop(delete=True)
