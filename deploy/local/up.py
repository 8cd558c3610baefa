"""`make up`: starts the whole marketplace step by step. If a step fails, everything that was
started is stopped.
"""

import http.client
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from functools import partial

from deploy.local import (
    demo,
    files,
    interruptions,
    packages,
    ports,
    postgres,
    programs,
    rabbitmq,
    secrets,
    servers,
    stack,
    web,
)
from deploy.local.programs import COTURN, MAIL, NAMES, PORTS, SANDBOX, Plan
from deploy.local.settings import ROOT, Settings
from deploy.local.steps import Failed, note, step
from deploy.local.supervisor import Supervisor
from shared.services import SERVICES

OLDEST_POSTGRESQL = 150_000  # server_version_num
PATIENCE = 180.0  # seconds for one program to become ready: machines can be busy
ATTEMPTS = 4  # a program that exited this often before becoming ready will not become ready


def up(settings: Settings) -> None:
    """Start everything; returns when it is ready. If it raises Failed or another error, everything
    has been stopped; stopping an interrupted start is up to the caller.
    """
    stack.end_leftovers(settings.data)  # of a supervisord that was killed: they hold the ports
    stack.make_private_folders(settings.data)
    packages.remove_leftovers()
    _ensure_port_is_free(settings)
    plan = _plan(settings)
    if settings.amqp_url is None:
        packages.ensure_rabbitmq(settings.data / "log" / "packages.log")
    packages.ensure_fribidi(settings.data / "log" / "packages.log")
    if settings.turn:
        packages.ensure_coturn(settings.data / "log" / "packages.log")
    web.build()
    try:
        _Start(plan).run()
        stack.publish(plan)
        if settings.demo:
            demo.load_once(settings.data)
    except Exception:
        with step("Stop everything"):
            stack.stop(settings.data)
        raise


def _ensure_port_is_free(settings: Settings) -> None:
    try:
        is_free = ports.is_free(settings.port, settings.host)
    except OSError as error:
        raise Failed(f"BIND={settings.host}: {error.strerror}") from error
    if not is_free:
        another = ports.find_free([settings.port])
        raise Failed(
            f"port {settings.port} is taken by another program: make up PORT={another}, for "
            "instance"
        )


def _plan(settings: Settings) -> Plan:
    """Ports and secrets are those of the last start, if possible; `programs.json` passes them to
    `launch`.
    """
    settled = ports.settle(PORTS, servers.ports_of(settings.data))
    files.write(settings.data / "ports.json", settled)
    plan = Plan(settings, settled, secrets.of(settings.data))
    plan.ensure_valid()
    programs.write(settings.data, plan.programs())
    return plan


def changed_settings(settings: Settings) -> list[str]:
    """The names of settings that would be different if the running stack were started anew."""
    running = programs.read(settings.data)
    plan = Plan(settings, servers.ports_of(settings.data), secrets.of(settings.data))
    changed: set[str] = set()
    planned = plan.programs()
    for name in (*SERVICES, "gateway"):
        then = running.get(name, {"environment": {}})["environment"]
        now = planned[name]["environment"]
        changed |= {
            variable
            for variable in then.keys() | now.keys()
            if programs.reads(name, variable) and then.get(variable) != now.get(variable)
        }
    return sorted(changed)


class _Start:
    def __init__(self, plan: Plan) -> None:
        self.plan, self.settings = plan, plan.settings
        self.supervisor = Supervisor(self.settings.data)
        self.own = [
            name
            for name in NAMES
            if not (name == "postgres" and self.settings.database_url)
            and not (name == "rabbitmq" and self.settings.amqp_url)
            and not (name == SANDBOX and self.settings.stripe)
            and not (name == MAIL and self.settings.smtp_url)
        ]
        if self.settings.turn:
            self.own.append(COTURN)

    def run(self) -> None:
        """Starts programs in the order of their dependencies; slow ones are started first and
        awaited last.
        """
        self.supervisor.start(self.own)
        first = [
            name for name in ("rabbitmq", "postgres", SANDBOX, MAIL, COTURN) if name in self.own
        ]
        for name in first:
            self.supervisor.run(name)
        self._database()
        with step("Migrations"):
            self._migrate()
        for name in (*SERVICES, "gateway"):  # they wait for the broker themselves
            self.supervisor.run(name)
        self._broker()
        for title, name in (("Stripe sandbox", SANDBOX), ("Mail sandbox", MAIL)):
            if name in self.own:
                self._await(title, name, partial(ports.answers, self.plan.ports[name]))
        if COTURN in self.own:
            self._await("coturn", COTURN, servers.turn(self.settings.data).is_ready)
        for name in (*SERVICES, "gateway"):
            health = Health(f"{self.plan.url(name)}/health/ready")
            self._await(name.capitalize(), name, health.is_ready, why=health.why)

    def _database(self) -> None:
        if self.settings.database_url is None:
            server = servers.postgres(self.settings.data)
            self._await("PostgreSQL", "postgres", server.is_ready)
            server.create_database(programs.DATABASE)
            if server.folder() != server.data_dir:
                note(
                    f"PostgreSQL's files are in {server.folder()}: its user can't reach "
                    f"{server.data_dir.parent}"
                )
            return
        with step("PostgreSQL at DATABASE_URL"):
            try:
                version = int(postgres.query(self.settings.database_url, "show server_version_num"))
            except RuntimeError as error:
                raise Failed(f"DATABASE_URL can't be used: {error}") from error
            if version < OLDEST_POSTGRESQL:
                raise Failed(
                    f"DATABASE_URL leads to PostgreSQL {version // 10000}; 15 or newer is needed"
                )

    def _migrate(self) -> None:
        log = self.supervisor.log("migrate")
        with log.open("wb") as output:
            command = [sys.executable, "-m", "shared.migrate"]
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=self.plan.migration(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        if done.returncode != 0:
            raise Failed("the migrations failed", log)

    def _broker(self) -> None:
        if self.settings.amqp_url is None:
            server = servers.broker(self.settings.data)
            self._await(server.name, "rabbitmq", server.is_ready, patience=server.patience)
            return
        with step("RabbitMQ at AMQP_URL"):
            if not rabbitmq.is_ready(*rabbitmq.address_of(self.settings.amqp_url)):
                raise Failed("AMQP_URL can't be used: no broker answers there")

    def _await(
        self,
        title: str,
        name: str,
        is_ready: Callable[[], bool],
        patience: float = PATIENCE,
        why: Callable[[], str] = str,
    ) -> None:
        """Wait for one program; one that keeps exiting fails at once, with its log.

        `why` returns what is missing if it takes longer than `patience` seconds.
        """
        began = self.supervisor.states()[name].since
        with step(title, since=began):
            limit, starts = time.monotonic() + patience, set[int]()
            while not is_ready():
                state = self.supervisor.states().get(name)
                if state is not None and state.since:
                    starts.add(state.since)
                if len(starts) >= ATTEMPTS:
                    raise Failed(
                        f"{name} exits as soon as it is started", self.supervisor.log(name)
                    )
                if time.monotonic() > limit:
                    raise Failed(
                        f"{name} was not ready within {patience:.0f} s{why()}",
                        self.supervisor.log(name),
                    )
                time.sleep(0.2)


class Health:
    """A service's readiness check."""

    def __init__(self, address: str) -> None:
        self.address, self.said = address, ""

    def is_ready(self) -> bool:
        """Whether the service reports that it and all its dependencies are up."""
        try:
            with urllib.request.urlopen(self.address, timeout=5) as answer:  # noqa: S310 - our own http address  # nosec B310
                self.said = answer.read().decode(errors="replace")
                # "degraded" counts as ready for operators, who would not stop a service because its
                # broker is unavailable.
                return bool(json.loads(self.said).get("status", "up") == "up")
        except urllib.error.HTTPError as refused:
            self.said = refused.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.said = str(error)
        return False

    def why(self) -> str:
        """The last response, to be appended to a message."""
        return f"; it says: {self.said}" if self.said else ""


def watch(settings: Settings, names: Iterable[str] = NAMES) -> None:
    """Report programs that exited and were restarted, until the stack is stopped by another
    command. Raises KeyboardInterrupt.
    """
    supervisor = Supervisor(settings.data)
    known = supervisor.states()
    while states := supervisor.states():
        for name in names:
            now, before = states.get(name), known.get(name)
            if now and before and now.pid and now.pid != before.pid:
                note(
                    f"{name} exited and was restarted (pid {now.pid}); its log: "
                    f"{supervisor.log(name)}"
                )
                known[name] = now
        interruptions.check()
        time.sleep(1)
    note("stopped by another command")
