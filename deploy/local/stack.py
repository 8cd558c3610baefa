"""A running stack: its published addresses (`stack.json`), the state of its processes, and stopping
it.
"""

import contextlib
import fcntl
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

from deploy.local import account, files, processes, programs, rabbitmq
from deploy.local.programs import COTURN, MAIL, NAMES, SANDBOX, Plan
from deploy.local.servers import SERVERS, broker, ports_of
from deploy.local.supervisor import Supervisor
from shared.services import SERVICES

STACK = "stack.json"
UNWATCHED = "unwatched"
"""The state of a process whose supervisord was killed: it runs, and nothing starts it again."""
PRIVATE = ("log", "mail", "photos", SANDBOX)
"""Folders that only the stack's owner may read; PostgreSQL and RabbitMQ have users of their own."""


class Busy(Exception):
    """Another command is starting or stopping the same stack."""


@contextlib.contextmanager
def exclusive(data: pathlib.Path) -> Iterator[None]:
    """Only one command at a time may change a stack. Raises Busy."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another make up, down or reset is running for {data}") from None
        yield


def publish(plan: Plan) -> None:
    """Write `stack.json` (contract §7): addresses, keys, and the pids at the start."""
    states = Supervisor(plan.settings.data).states()
    real = plan.settings.stripe
    content = {
        "gateway": plan.settings.gateway,
        "stripe_sandbox": plan.url(SANDBOX) if real is None else None,
        "mail": plan.url(MAIL) if plan.settings.smtp_url is None else None,
        "database": plan.admin_database_url,
        "amqp": plan.amqp_url,
        "services": {name: plan.url(name) for name in SERVICES},
        "processes": {name: states[name].pid for name in NAMES if name in states},
        "stripe_secret_key": plan.stripe["STRIPE_SECRET_KEY"],
        "stripe_publishable_key": plan.stripe["STRIPE_PUBLISHABLE_KEY"],
        "stripe_webhook_secret": plan.stripe["STRIPE_WEBHOOK_SECRET"],
        "stripe_connect_webhook_secret": plan.stripe.get("STRIPE_CONNECT_WEBHOOK_SECRET"),
    }
    files.write(plan.settings.data / STACK, content)


def published(data: pathlib.Path) -> dict[str, Any] | None:
    """The content of `stack.json`; None if the stack is not up."""
    return files.read(data / STACK)


def status(data: pathlib.Path) -> dict[str, dict[str, Any]]:
    """Pid and state of each process: running, starting, stopped …, external if it is not ours, or
    unwatched if it outlived supervisord.
    """
    states = Supervisor(data).states()
    outside = {name for name in NAMES if states and name not in states}
    left = {} if states else leftovers(data)

    def of(name: str) -> dict[str, Any]:
        if name in outside:
            return {"pid": None, "state": "external"}
        if name in left:
            return {"pid": left[name], "state": UNWATCHED}
        state = states.get(name)
        return (
            {"pid": state.pid, "state": state.state} if state else {"pid": None, "state": "stopped"}
        )

    return {name: of(name) for name in (*NAMES, *sorted(set(states) - set(NAMES)))}


def leftovers(data: pathlib.Path) -> dict[str, int]:
    """The pids of programs that outlived supervisord."""
    found = {name: processes.marked(str(data), name) for name in (*NAMES, COTURN)}
    found["postgres"] += processes.working_in(data / "postgres" / "cluster")
    return {name: min(one.pid for one in those) for name, those in found.items() if those}


def make_private_folders(data: pathlib.Path) -> None:
    """Creates the folders of PRIVATE, and closes those of earlier versions to others."""
    for name in PRIVATE:
        (data / name).mkdir(parents=True, exist_ok=True)
        (data / name).chmod(0o700)


def stop(data: pathlib.Path) -> bool:
    """Stop everything, clients before servers; False if nothing was running."""
    supervisor = Supervisor(data)
    was_running = supervisor.is_running()
    if was_running:
        supervisor.stop(name for name in NAMES if name not in SERVERS)
        supervisor.stop(SERVERS)
        supervisor.shutdown()
    ended = end_leftovers(data)
    (data / STACK).unlink(missing_ok=True)
    return was_running or bool(ended)


def end_leftovers(data: pathlib.Path) -> list[int]:
    """Stop processes that outlived supervisord, and Erlang's port mapper, which nothing
    else stops.
    """
    ended = processes.end(processes.working_in(data / "postgres" / "cluster"), patience=10)
    if "epmd" in ports_of(data):
        rabbitmq.end_epmd(ports_of(data)["epmd"])
    return ended + processes.end(processes.marked(str(data)), patience=10)


def delete_data(data: pathlib.Path) -> None:
    """Delete the data of a stopped stack: databases, queues, the sandbox, secrets, ports, logs."""
    if ports_of(data) and rabbitmq.installed() is None:
        with contextlib.suppress(RuntimeError):
            broker(data).stop(delete=True)
    for name in ("postgres", "rabbitmq", COTURN):
        account.remove(data / name)
    for name in (SANDBOX, "mail", "photos", "log", "run", "rabbitmq-container"):
        shutil.rmtree(data / name, ignore_errors=True)
    kept = (
        "secrets.json",
        "ports.json",
        "programs.json",
        "demo.json",
        "supervisord.conf",
        "supervisord.pid",
        STACK,
    )
    for name in kept:
        (data / name).unlink(missing_ok=True)


def environment_of(data: pathlib.Path, program: str) -> dict[str, str]:
    """The environment of one of the stack's programs, plus each service's database URL
    (BOOKING_DATABASE_URL …). Raises LookupError if there is no such program.
    """
    known = programs.read(data)
    if program not in known:
        raise LookupError(f"no program is called {program!r}; there are {', '.join(known)}")
    environments = {name: one["environment"] for name, one in known.items()}
    databases = {
        f"{name.upper()}_DATABASE_URL": environment["DATABASE_URL"]
        for name, environment in environments.items()
        if "DATABASE_URL" in environment
    }
    return {**databases, **environments[program]}
