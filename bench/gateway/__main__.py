"""`python -m bench.gateway`: runs wrk against the gateway and nginx alternately; medians of three
runs. Requires wrk; nginx is optional.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import typer

from shared.testing.ports import free_port

ROOT = Path(__file__).parents[2]
NGINX = """\
{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  server_tokens off;
  tcp_nodelay on;
  keepalive_timeout 60s;
  keepalive_requests 1000000;
  client_max_body_size 1m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream service {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Request-ID $request_id;
    }}
  }}
}}
"""


@dataclass
class Target:
    """A server being measured, and its results by run."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # microseconds per request
    p99: list[float] = field(default_factory=list)  # milliseconds
    failed: int = 0


@contextlib.contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Starts `command` and yields once it listens on `port`; stopped at the end."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} does not listen on {port}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def processes_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The process and its children (nginx works in one)."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [process.pid, *map(int, children)]


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """User and system time so far, in seconds."""
    ticks = 0
    for pid in processes_of(process):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of all its processes in MB."""
    pages = sum(
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in processes_of(process)
    )
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(target: Target, clients: int, seconds: float, token: str) -> None:
    """One run of wrk."""
    before = cpu_seconds(target.process)
    command = [
        "wrk",
        "-t1",
        f"-c{clients}",
        f"-d{seconds:g}",
        "--latency",
        "-H",
        f"Authorization: Bearer {token}",
    ]
    result = subprocess.run(
        [*command, f"http://127.0.0.1:{target.port}/users/me"],
        capture_output=True,
        text=True,
        check=True,
    )
    spent = cpu_seconds(target.process) - before
    requests = int(found(r"(\d+) requests in", result.stdout))
    target.rates.append(float(found(r"Requests/sec:\s+([\d.]+)", result.stdout)))
    target.cpu.append(spent / requests * 1e6)
    value, unit = found(r"99%\s+([\d.]+\w+)", result.stdout), 1.0
    unit = {"us": 1e-3, "ms": 1.0, "s": 1e3}[re.sub(r"[\d.]", "", value)]
    target.p99.append(float(re.sub(r"[a-z]", "", value)) * unit)
    if "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        target.failed += 1


def found(pattern: str, text: str) -> str:
    """The first group of `pattern` in wrk's output."""
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"unexpected output of wrk:\n{text}")
    return match[1]


def main(clients: int = 16, seconds: float = 5, runs: int = 3) -> None:
    """Measures the gateway and, where it is installed, nginx. Requires wrk."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    with contextlib.ExitStack() as stack:
        targets, token = start(stack)
        for target in targets:
            measure(target, clients, 1, token)
            target.rates, target.cpu, target.p99 = [], [], []
        for _ in range(runs):
            for target in targets:
                measure(target, clients, seconds, token)
        report(targets, clients)


def start(stack: contextlib.ExitStack) -> tuple[list[Target], str]:
    """Starts the minimal service and the servers in front of it; also yields a token that the
    gateway accepts.
    """
    upstream, port = free_port(), free_port()
    stack.enter_context(
        running([sys.executable, "-m", "bench.gateway.upstream", str(upstream)], upstream)
    )
    address = f"http://127.0.0.1:{upstream}"
    token = urllib.request.urlopen(f"{address}/token", timeout=5).read().decode()  # noqa: S310  # nosec B310 # our own http address
    urls = {f"{name}_URL": address for name in ("IDENTITY", "DIRECTORY", "BOOKING", "PAYMENTS")}
    gateway = stack.enter_context(
        running(
            [sys.executable, "-m", "shared.serve", "gateway"],
            port,
            LISTEN=f"127.0.0.1:{port}",
            RATE_LIMIT_PER_MINUTE="1000000000",
            LOG_LEVEL="error",
            **urls,
        )
    )
    targets = [Target("gateway", port, gateway)]
    if shutil.which("nginx") is not None:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-nginx-"))
        port = free_port()
        user = "user root;\n" if os.geteuid() == 0 else ""
        Path(folder, "nginx.conf").write_text(
            NGINX.format(user=user, folder=folder, upstream=upstream, port=port)
        )
        nginx = stack.enter_context(
            running(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], port)
        )
        targets.append(Target("nginx", port, nginx))
    return targets, token


def report(targets: list[Target], clients: int) -> None:
    """The table."""
    print(f"Minimal service behind each, {clients} clients, median (least–most)\n")
    print("| | req/s | p99 ms | CPU µs per request | resident MB | runs with errors |")
    print("|---|---|---|---|---|---|")
    for target in targets:
        rates = (
            f"{statistics.median(target.rates):,.0f} "
            f"({min(target.rates):,.0f}–{max(target.rates):,.0f})"
        )
        print(
            f"| {target.name} | {rates} | {statistics.median(target.p99):.2f}"
            f" | {statistics.median(target.cpu):.0f} | {resident_mb(target.process):.0f}"
            f" | {target.failed} |"
        )
    if len(targets) == 2:
        ratio = statistics.median(targets[0].rates) / statistics.median(targets[1].rates)
        print(f"\nThe gateway reaches {ratio:.0%} of nginx's requests per second (goal: 25%).")


if __name__ == "__main__":
    typer.run(main)
