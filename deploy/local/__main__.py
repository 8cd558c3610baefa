"""`python -m deploy.local COMMAND`: what the Makefile calls. `make help` says what each is for."""

import argparse
import json
import os
import signal
import sys

from deploy.local import demo, logs, packages, settings, stack, steps, web
from deploy.local.programs import NAMES
from deploy.local.settings import ROOT, Settings, WrongSetting
from deploy.local.supervisor import Supervisor
from deploy.local.up import up, watch


def run_up(chosen: Settings, _: argparse.Namespace) -> int:
    """0 when it runs (or ran already, or was interrupted by who started it), 1 when it could not be
    started.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with stack.alone(chosen.data):
            if _runs_already(chosen):
                return 0
            print(f"Consultant Connect starts; its data is in {chosen.data}", flush=True)
            up(chosen)
        _welcome(chosen)
        if not chosen.detach:
            watch(chosen)
    except KeyboardInterrupt:
        _stop(chosen)
    return 0


def _runs_already(chosen: Settings) -> bool:
    """A stack that was never published is what a killed `make up` left behind: it is stopped."""
    if not Supervisor(chosen.data).is_running():
        return False
    told = stack.told(chosen.data)
    if told is None:
        with steps.step("Stop what an interrupted start left behind"):
            stack.stop(chosen.data)
        return False
    print(f"Consultant Connect is already running at {told['gateway']} (make status, make down).")
    return True


def _welcome(chosen: Settings) -> None:
    print(
        f"\n  Consultant Connect runs at {chosen.address}  (API documentation: {chosen.address}/docs)"
    )
    for line in demo.accounts(chosen.data):
        print(f"  {line}")
    print(
        "\n  " + ("make logs, make status, make down" if chosen.detach else "Ctrl-C stops it"),
        flush=True,
    )


def _stop(chosen: Settings) -> bool:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # who presses Ctrl-C twice wants it to stop, not to half stop
    with stack.alone(chosen.data), steps.step("Stop"):
        return stack.stop(chosen.data)


def run_down(chosen: Settings, _: argparse.Namespace) -> int:
    if not _stop(chosen):
        print("Nothing was running.")
    return 0


def run_reset(chosen: Settings, _: argparse.Namespace) -> int:
    if chosen.data.exists():
        _stop(chosen)
        stack.forget(chosen.data)
    print(f"The data in {chosen.data} is gone.")
    return 0


def run_status(chosen: Settings, said: argparse.Namespace) -> int:
    processes = stack.status(chosen.data)
    if said.format == "json":
        print(json.dumps({"processes": processes}))
        return 0
    told = stack.told(chosen.data)
    print(
        f"Consultant Connect at {told['gateway']}"
        if told
        else "Consultant Connect is not running (make up)."
    )
    for name, process in processes.items():
        print(f"  {name:<16} {process['state']:<10} {process['pid'] or ''}")
    return 0


def run_logs(chosen: Settings, said: argparse.Namespace) -> int:
    return logs.follow(chosen.data, [said.service] if said.service else NAMES)


def run_exec(chosen: Settings, said: argparse.Namespace) -> int:
    """Runs in place of this process, so its exit status is the command's."""
    environment = stack.environment_of(chosen.data, said.program)
    os.chdir(ROOT)
    command = said.command[1:] if said.command[:1] == ["--"] else said.command
    os.execvpe(command[0], command, environment)  # noqa: S606


def run_packages(chosen: Settings, _: argparse.Namespace) -> int:
    if chosen.amqp_url is None:
        packages.ensure_rabbitmq(ROOT / ".cache" / "packages.log")
    return 0


def run_web(_: Settings, said: argparse.Namespace) -> int:
    return web.run(said.script)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run in COMMANDS.items():
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        if name == "status":
            command.add_argument("--format", choices=("text", "json"), default="text")
        elif name == "logs":
            command.add_argument("service", nargs="?", choices=NAMES)
        elif name == "exec":
            command.add_argument("program")
            command.add_argument("command", nargs=argparse.REMAINDER)
        elif name == "web":
            command.add_argument("script")
    return parser


def main() -> int:
    said = _arguments().parse_args()
    try:
        return int(said.run(settings.read(os.environ), said))
    except (steps.Failed, WrongSetting, stack.Busy, LookupError, RuntimeError) as error:
        steps.explain(error)
        return 1
    except KeyboardInterrupt:
        return 130


COMMANDS = {
    "up": run_up,
    "down": run_down,
    "reset": run_reset,
    "status": run_status,
    "logs": run_logs,
    "exec": run_exec,
    "packages": run_packages,
    "web": run_web,
}

if __name__ == "__main__":
    sys.exit(main())
