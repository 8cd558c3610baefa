"""`python -m deploy.local COMMAND`: called by the Makefile. `make help` describes the commands."""

import json
import os
import signal
import sys
from enum import StrEnum
from typing import Annotated

import typer

from deploy.local import demo, interruptions, logs, packages, settings, stack, steps, web
from deploy.local.programs import COTURN, NAMES
from deploy.local.settings import ROOT, Settings, WrongSetting
from deploy.local.supervisor import Supervisor
from deploy.local.up import changed_settings, watch
from deploy.local.up import up as start

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


class Format(StrEnum):
    """Output formats of `status`."""

    TEXT = "text"
    JSON = "json"


def _settings() -> Settings:
    return settings.read(os.environ)


@cli.command()
def up() -> None:
    """Start everything; also succeeds if it is already running or is interrupted by Ctrl-C."""
    chosen = _settings()
    interruptions.enable()
    try:
        with stack.exclusive(chosen.data):
            if _runs_already(chosen):
                return
            print(f"Starting Consultant Connect; its data is in {chosen.data}", flush=True)
            start(chosen)
        _welcome(chosen)
        if not chosen.detach:
            watch(chosen)
    except KeyboardInterrupt:
        _stop(chosen)


def _runs_already(chosen: Settings) -> bool:
    """Stops the remains of a killed `make up`: a stack that was never published."""
    if not Supervisor(chosen.data).is_running():
        return False
    published = stack.published(chosen.data)
    if published is None:
        with steps.step("Stop the processes of an interrupted start"):
            stack.stop(chosen.data)
        return False
    print(
        f"Consultant Connect is already running at {published['gateway']} (make status, make down)."
    )
    if changed := changed_settings(chosen):
        print(
            f"It was started with other settings: {', '.join(changed)}. They take effect after "
            "make down."
        )
    return True


def _welcome(chosen: Settings) -> None:
    print(
        f"\n  Consultant Connect runs at {chosen.address}  (API documentation: "
        f"{chosen.address}/docs)"
    )
    for line in demo.accounts(chosen.data):
        print(f"  {line}")
    print(
        "\n  " + ("make logs, make status, make down" if chosen.detach else "Ctrl-C stops it"),
        flush=True,
    )


def _stop(chosen: Settings) -> bool:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressing Ctrl-C twice must still stop everything
    with stack.exclusive(chosen.data), steps.step("Stop"):
        return stack.stop(chosen.data)


@cli.command()
def down() -> None:
    """Stop everything."""
    if not _stop(_settings()):
        print("Nothing was running.")


@cli.command()
def reset() -> None:
    """Stop everything and delete the local data."""
    chosen = _settings()
    if chosen.data.exists():
        _stop(chosen)
        stack.delete_data(chosen.data)
    print(f"Deleted the data in {chosen.data}.")


@cli.command()
def status(form: Annotated[Format, typer.Option("--format")] = Format.TEXT) -> None:
    """Show the processes."""
    data = _settings().data
    processes = stack.status(data)
    if form is Format.JSON:
        print(json.dumps({"processes": processes}))
        return
    published = stack.published(data)
    if any(process["state"] == stack.UNWATCHED for process in processes.values()):
        print("Nothing watches these processes any more (make up or make down ends them).")
    elif published and Supervisor(data).is_running():
        print(f"Consultant Connect at {published['gateway']}")
    else:
        print("Consultant Connect is not running (make up).")
    for name, process in processes.items():
        print(f"  {name:<16} {process['state']:<10} {process['pid'] or ''}")


@cli.command("logs")
def show_logs(program: Annotated[str, typer.Argument()] = "") -> None:
    """Follow the logs, of one program if given."""
    names = (*NAMES, COTURN)
    if program and program not in names:
        raise LookupError(f"no program is called {program!r}; there are {', '.join(names)}")
    raise typer.Exit(logs.follow(_settings().data, [program] if program else names))


@cli.command("exec", context_settings={"ignore_unknown_options": True})
def execute(program: str, command: list[str]) -> None:
    """Replace this process with a command that runs in a program's environment."""
    environment = stack.environment_of(_settings().data, program)
    os.chdir(ROOT)
    os.execvpe(command[0], command, environment)  # noqa: S606


@cli.command("packages")
def install_packages() -> None:
    """Install dependencies that do not come from PyPI."""
    interruptions.enable()
    packages.remove_leftovers()
    if _settings().amqp_url is None:
        packages.ensure_rabbitmq(ROOT / ".cache" / "packages.log")
    packages.ensure_fribidi(ROOT / ".cache" / "packages.log")


@cli.command("web")
def run_web(script: str) -> None:
    """Run one of the web app's scripts."""
    raise typer.Exit(web.run(script))


def main() -> int:
    """Runs the command. Expected errors are printed without a traceback."""
    try:
        cli()
    except (steps.Failed, WrongSetting, stack.Busy, LookupError, RuntimeError) as error:
        steps.explain(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
