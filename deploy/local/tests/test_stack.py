import asyncio
import json
import os
import pathlib
import signal
import stat
import subprocess
from collections.abc import Iterator

import aio_pika
import pytest

from deploy.local import postgres, processes, rabbitmq
from deploy.local.ports import answers, is_free
from deploy.local.programs import NAMES
from deploy.local.tests.standins import Checkout, environment_at, until


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("checkout"), FREE_PERIOD_SECONDS="7")
    started = made.run("up")
    assert started.returncode == 0, started.stdout + started.stderr
    asyncio.run(_publish(made.stack["amqp"]))
    yield made
    made.run("reset")


def test_stack_file_has_what_the_contract_says(checkout: Checkout) -> None:
    published = checkout.stack
    assert published["gateway"] == f"http://127.0.0.1:{checkout.port}"
    assert set(published["services"]) == {
        "identity",
        "directory",
        "booking",
        "payments",
        "notifications",
    }
    assert set(published["processes"]) == set(NAMES)
    assert published["stripe_secret_key"].startswith("sk_test_")
    assert published["stripe_webhook_secret"].startswith("whsec_")
    assert stat.S_IMODE((checkout.data / "stack.json").stat().st_mode) == 0o600
    assert (
        postgres.query(published["database"], "select current_database()") == "consultant_connect"
    )
    assert rabbitmq.is_ready(*rabbitmq.address_of(published["amqp"]))
    assert answers(int(published["stripe_sandbox"].rpartition(":")[2]))
    assert answers(int(published["mail"].rpartition(":")[2]))


def test_status_has_the_pids_of_the_real_processes(checkout: Checkout) -> None:
    status = checkout.status()
    assert {name: process["pid"] for name, process in status.items()} == checkout.stack["processes"]
    assert {process["state"] for process in status.values()} == {"running"}
    commands = {name: _command(process["pid"]) for name, process in status.items()}
    assert "bin/postgres" in commands["postgres"]
    assert "beam" in commands["rabbitmq"]
    assert "shared.serve booking" in commands["booking"]


def test_settings_given_to_make_up_reach_a_service(checkout: Checkout) -> None:
    environment = environment_at(checkout.stack["services"]["booking"])
    assert environment["FREE_PERIOD_SECONDS"] == "7"
    assert environment["DATABASE_URL"].startswith("postgresql://booking:")
    assert "DETACH" not in environment


# RabbitMQ last: it writes a quorum queue's name to disk some time after the declaration.
@pytest.mark.parametrize("name", ["postgres", "booking", "stripe-sandbox", "rabbitmq"])
def test_killed_process_is_started_again_on_its_port(checkout: Checkout, name: str) -> None:
    published, before = checkout.stack, checkout.status()[name]["pid"]
    os.kill(before, signal.SIGKILL)
    is_back = {
        "postgres": lambda: postgres.is_ready(published["database"]),
        "rabbitmq": lambda: rabbitmq.is_ready(*rabbitmq.address_of(published["amqp"])),
        "booking": lambda: answers(int(published["services"]["booking"].rpartition(":")[2])),
        "stripe-sandbox": lambda: answers(int(published["stripe_sandbox"].rpartition(":")[2])),
    }[name]
    until(lambda: checkout.status()[name]["pid"] not in (None, before), seconds=5)
    until(is_back, seconds=30)
    assert checkout.status()[name]["state"] == "running"
    if name == "rabbitmq":
        assert asyncio.run(_waiting(published["amqp"])) == 1


def test_up_again_says_that_it_runs(checkout: Checkout) -> None:
    again = checkout.run("up")
    assert again.returncode == 0
    assert "already running" in again.stdout
    assert "other settings" not in again.stdout
    other = checkout.run("up", FREE_PERIOD_SECONDS="8", LOG_LEVEL="error")
    assert "other settings: FREE_PERIOD_SECONDS, LOG_LEVEL." in other.stdout


def test_command_runs_with_a_services_environment(checkout: Checkout) -> None:
    done = checkout.run(
        "exec", "gateway", "--", "sh", "-c", 'echo "$AMQP_URL|${DATABASE_URL-none}"'
    )
    assert done.stdout.strip() == f"{checkout.stack['amqp']}|none"
    assert "no program is called" in checkout.run("exec", "nobody", "--", "true").stderr


def test_two_stacks_run_side_by_side(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    """The second stack uses the first one's servers, like a user with their own servers. Its folder
    has a name in which supervisord's configuration would read a comment and a variable.
    """
    first = checkout.stack
    folder = tmp_path / "half #2 ; 50 %(off)s"
    second = Checkout(folder, DATABASE_URL=first["database"], AMQP_URL=first["amqp"])
    try:
        started = second.run("up")
        assert started.returncode == 0, started.stdout + started.stderr
        assert not set(_ports(second)) & set(_ports(checkout))
        states = {name: process["state"] for name, process in second.status().items()}
        assert states.pop("postgres") == states.pop("rabbitmq") == "external"
        assert set(states.values()) == {"running"}
        assert (
            environment_at(second.stack["services"]["booking"])["PUBLIC_URL"]
            == f"http://localhost:{second.port}"
        )
    finally:
        assert second.run("down").returncode == 0
    assert {process["state"] for process in checkout.status().values()} == {"running"}
    assert checkout.stack == first


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"FAULTY": "booking"}, "broken on purpose"),
        ({"AMQP_URL": "amqp://u:p@127.0.0.1:9/"}, "no broker answers there"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/market"}, "Connection refused"),
        ({"PORT": "0"}, "PORT must be"),
    ],
)
def test_failed_start_says_why_and_stops_all(
    checkout: Checkout, tmp_path: pathlib.Path, wrong: dict[str, str], reason: str
) -> None:
    servers = {"DATABASE_URL": checkout.stack["database"], "AMQP_URL": checkout.stack["amqp"]}
    broken = Checkout(tmp_path, **{**servers, **wrong})
    failed = broken.run("up")
    assert failed.returncode == 1
    assert reason in failed.stderr
    assert not processes.marked(str(broken.data))
    assert not (broken.data / "stack.json").exists()


def test_gateways_port_taken_by_another_program(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    failed = Checkout(tmp_path, PORT=str(checkout.port)).run("up")
    assert failed.returncode == 1
    assert f"port {checkout.port} is taken" in failed.stderr


def test_foreground_runs_until_ctrl_c_and_the_ports_stay(
    checkout: Checkout, tmp_path: pathlib.Path
) -> None:
    second = Checkout(
        tmp_path, DATABASE_URL=checkout.stack["database"], AMQP_URL=checkout.stack["amqp"]
    )
    assert second.run("up").returncode == second.run("down").returncode == 0
    before = _ports(second)
    foreground = subprocess.Popen(
        second.command("up"),
        cwd=second.root,
        env={**second.environment, "DETACH": "0"},
        stdout=subprocess.PIPE,
        text=True,
        # As started from a terminal: a background process ignores Ctrl-C, and its children inherit
        # that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until(lambda: (second.data / "stack.json").exists())
    assert _ports(second) == before
    foreground.send_signal(signal.SIGINT)
    assert foreground.wait(20) == 0
    assert not processes.marked(str(second.data))


def test_up_after_a_start_that_was_killed_halfway(
    checkout: Checkout, tmp_path: pathlib.Path
) -> None:
    second = Checkout(
        tmp_path, DATABASE_URL=checkout.stack["database"], AMQP_URL=checkout.stack["amqp"]
    )
    halfway = subprocess.Popen(
        second.command("up"),
        cwd=second.root,
        env={**second.environment, "FAULTY": "gateway"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: second.status()["identity"]["state"] == "running")
    halfway.kill()
    halfway.wait()
    assert processes.marked(str(second.data))
    again = second.run("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert set(second.stack["processes"]) == set(NAMES) - {"postgres", "rabbitmq"}
    assert second.run("down").returncode == 0


def test_up_after_supervisord_was_killed(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    """What it left behind is reported, and ended instead of being taken for another program."""
    servers = {"DATABASE_URL": checkout.stack["database"], "AMQP_URL": checkout.stack["amqp"]}
    other = Checkout(tmp_path, **servers)
    try:
        assert other.run("up").returncode == 0
        before = other.status()["gateway"]["pid"]
        os.kill(int((other.data / "supervisord.pid").read_text()), signal.SIGKILL)
        until(lambda: other.status()["gateway"] == {"pid": before, "state": "unwatched"})
        assert "make down" in other.run("status").stdout
        again = other.run("up")
        assert again.returncode == 0, again.stderr
        assert other.status()["gateway"]["state"] == "running"
        assert other.status()["gateway"]["pid"] != before
        for name in ("log", "mail", "photos", "stripe-sandbox"):
            assert (other.data / name).stat().st_mode & 0o077 == 0, name
    finally:
        other.run("down")


def test_down_leaves_nothing_running(checkout: Checkout) -> None:
    # its child is orphaned
    os.kill(int((checkout.data / "supervisord.pid").read_text()), signal.SIGKILL)
    assert checkout.run("down").returncode == 0
    assert not processes.marked(str(checkout.data))
    assert not processes.working_in(checkout.data / "postgres" / "cluster")
    assert is_free(checkout.port)
    assert {process["state"] for process in checkout.status().values()} == {"stopped"}
    assert not (checkout.data / "stack.json").exists()
    assert "Nothing was running" in checkout.run("down").stdout


def _ports(checkout: Checkout) -> list[int]:
    return [checkout.port, *json.loads((checkout.data / "ports.json").read_text()).values()]


def _command(pid: int) -> str:
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True
    ).stdout


async def _publish(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def _waiting(url: str) -> int:
    async with await aio_pika.connect(url) as connection:
        queue = await (await connection.channel()).declare_queue("kept", passive=True)
        return queue.declaration_result.message_count or 0
