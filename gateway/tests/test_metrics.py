"""The server of `/metrics`: one path, no descriptor left open, and a stop that frees the port."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from gateway import metrics
from shared.testing import eventually
from shared.testing.ports import free_port


@pytest.fixture
def port() -> Iterator[int]:
    chosen = free_port()
    stop = metrics.serve_metrics(f"127.0.0.1:{chosen}")
    yield chosen
    stop()


@pytest.mark.parametrize("path", ["/", "/other", "/metrics/", "/favicon.ico"])
def test_nothing_but_metrics_is_served(port: int, path: str) -> None:
    assert httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 404


def test_metrics_are_read_only(port: int) -> None:
    url = f"http://127.0.0.1:{port}/metrics"
    assert httpx.get(url).headers["content-type"].startswith("text/plain; version=0.0.4")
    assert httpx.post(url, content=b"x").status_code == 405


async def test_clients_leave_no_descriptor_behind(
    port: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    monkeypatch.setattr(metrics.Handler, "timeout", 0.05)
    before, threads = descriptors(), threading.active_count()
    for _ in range(5):
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/metrics")).status_code == 200
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
    silent = socket.create_connection(("127.0.0.1", port))
    assert silent.recv(1) == b"", "closed by the server"
    silent.close()

    async def all_closed() -> bool:
        return descriptors() <= before and threading.active_count() <= threads

    await eventually(all_closed)
    assert "Traceback" not in capfd.readouterr().err


def test_stopped_server_frees_its_port_and_its_thread() -> None:
    chosen, threads = free_port(), threading.active_count()
    for _ in range(2):
        stop = metrics.serve_metrics(f"127.0.0.1:{chosen}")
        assert httpx.get(f"http://127.0.0.1:{chosen}/metrics").status_code == 200
        stop()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{chosen}/metrics")
    assert threading.active_count() <= threads


def test_address_in_use_is_an_error(port: int) -> None:
    with pytest.raises(OSError, match="in use"):
        metrics.serve_metrics(f"127.0.0.1:{port}")
