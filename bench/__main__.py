"""`make bench`: compares the project with a conventionally written peer.

The systems take turns, in reverse order in every second run, so that other load on the machine
affects all of them; figures are medians. Missed goals are reported, and the exit status is then 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.goals import READS, WRITES, Measured, verdicts
from bench.load.scenarios import Load
from bench.load.target import Target
from bench.systems import ROOT, peers, project, revision, stripe_sandbox, temporary_folder
from deploy.local import packages
from shared.services import SERVICES

# Rows that are modules with `run()`, which yields goals and whether they are met.
ROWS = {
    name: f"bench.{name}"
    for name in ("rules", "live", "presence", "reconcile", "search_load", "ten_million")
    if (ROOT / "bench" / f"{name}.py").exists()
}
Goals = Iterable[tuple[str, bool]]

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def measure(target: Target, seconds: int, *scenarios: str) -> Iterator[dict[str, Any]]:
    """Runs the scenarios against `target`, and prints each result."""
    load = Load(target, seconds)
    for scenario in scenarios:
        result = {"scenario": scenario, **asyncio.run(load.run(scenario))}
        print(
            f"  {target.label:8} {scenario:13} {result['rps']:9.1f}/s"
            f"  p50 {result['p50_ms'] or 0:7.2f}  p99 {result['p99_ms'] or 0:7.2f} ms"
            f"  {result['req_per_cpu_s'] or 0:8.1f} per CPU-s  errors {result['errors']}",
            flush=True,
        )
        yield result


def beside_the_peer(
    runs: int, seconds: int, consultants: int, many: int, before: str = ""
) -> Goals:
    """Measures reads, bookings, whole loops, search in a large directory, and memory.

    Bookings and loops are also measured without notifications ("alike"): the peer has neither mails
    nor live streams nor lists, and revisions before that service had none of them.
    """
    measured = Measured()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        stripe = stack.enter_context(stripe_sandbox(folder))
        ours = stack.enter_context(project(folder))
        one, two = stack.enter_context(peers(folder, stripe, 1, 2))
        earlier = [stack.enter_context(revision(folder, before))] if before else []
        for target in (ours, one, *earlier):
            asyncio.run(target.seed(consultants))
        turns = _turns(ours, one, two, earlier)
        for run in range(runs):
            print(f"run {run + 1} of {runs}", flush=True)
            # A machine that becomes faster or slower meanwhile must not favour one system.
            for name, target, scenarios in turns if run % 2 == 0 else turns[::-1]:
                without = ["notifications"] if name == "alike" else []
                if without:
                    print("  without notifications", flush=True)
                with target.suspended(without):
                    measured.add(name, list(measure(target, seconds, *scenarios)))
        measured.memory_mb = memory_of(ours)
        if many:
            asyncio.run(ours.seed(many))
            for _ in range(runs):
                measured.add("many", list(measure(ours, seconds, "search")))
    print(measured.table())
    for scenario in WRITES:
        print("\n".join(measured.costs(scenario)))
    yield from verdicts(measured)


def _turns(
    ours: Target, one: Target, two: Target, earlier: Iterable[Target]
) -> list[tuple[str, Target, Sequence[str]]]:
    """What is measured in each run, in order: the systems that are compared follow each other."""
    return [
        ("project", ours, READS),
        ("peer", one, READS),
        *(("before", target, READS) for target in earlier),
        ("project", ours, WRITES),
        ("peer2", two, WRITES),
        ("peer", one, ("loop",)),
        ("alike", ours, WRITES),
        *(("before", target, WRITES) for target in earlier),
    ]


def memory_of(target: Target) -> float:
    """Resident MB of services and gateway in total."""
    total = 0
    for name in (*SERVICES, "gateway"):
        if name in target.pids:
            status = Path(f"/proc/{target.pids[name]}/status").read_text()
            total += int(status.partition("VmRSS:")[2].split()[0])
    return total / 1024


@cli.command()
def main(
    rows: Annotated[list[str] | None, typer.Argument(help="Measure only these rows.")] = None,
    runs: int = 3,
    seconds: int = 10,
    consultants: int = 10_000,
    before: Annotated[str, typer.Option(help="A git revision to measure as well.")] = "",
    many: Annotated[
        int, typer.Option(help="Consultants of the large directory; 0: none.")
    ] = 100_000,
    size: Annotated[int, typer.Option(min=10_000, help="Bookings of ten_million.")] = 10_000_000,
) -> None:
    """Measure everything, or only the rows named: peer, rules, live, presence, reconcile,
    search_load, ten_million.
    """
    # However the command is stopped, even in the background, where Ctrl-C is ignored, everything
    # that it started is stopped.
    for way in (signal.SIGTERM, signal.SIGINT):
        signal.signal(way, lambda number, _: sys.exit(128 + number))
    known: dict[str, Callable[[], Goals]] = {
        "peer": lambda: beside_the_peer(runs, seconds, consultants, many, before),
        **{name: import_module(module).run for name, module in ROWS.items()},
    }
    known["search_load"] = lambda: import_module(ROWS["search_load"]).run(consultants)
    known["ten_million"] = lambda: import_module(ROWS["ten_million"]).run(size)
    for row in rows or ():
        if row not in known:
            raise typer.BadParameter(f"no row is called {row!r}; there are {', '.join(known)}")
    packages.ensure_wrk(ROOT / ".cache" / "packages.log")
    failed = 0
    for row in rows or known:
        print(f"── {row}", flush=True)
        for goal, reached in known[row]():
            print(("reached  " if reached else "MISSED   ") + goal, flush=True)
            failed += not reached
    raise typer.Exit(int(failed > 0))


if __name__ == "__main__":
    cli()
