"""Results and goals."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

FIGURES = ("p50_ms", "p95_ms", "p99_ms", "req_per_cpu_s")
READS = ("me", "profile", "list", "search", "availability")
WRITES = ("book", "loop")
# The project's targets, and what is said of their services.
ALL_OR_ALIKE = {"project": "", "alike": " without notifications"}
# Medians of the same system differ by this much between runs.
NOISE = 0.05


class Measured:
    """All results by target and scenario; figures are medians over the runs."""

    def __init__(self) -> None:
        self.results: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.memory_mb = 0.0

    def add(self, target: str, results: list[dict[str, Any]]) -> None:
        """Adds one run's results."""
        for result in results:
            self.results[target, result["scenario"]].append(result)

    def has(self, target: str, scenario: str) -> bool:
        """Whether `scenario` was measured on `target`."""
        return bool(self.results.get((target, scenario)))

    def median(
        self, target: str, scenario: str, figure: Callable[[dict[str, Any]], float | None]
    ) -> float:
        """The median of `figure` over the runs; NaN if nothing was measured, which fails every
        goal.
        """
        values = [value for r in self.results[target, scenario] if (value := figure(r)) is not None]
        return statistics.median(values) if values else float("nan")

    def table(self) -> str:
        """A Markdown table with one row per target and scenario."""
        rows = [
            "| target | scenario | runs | req/s (min–max) | p50 ms | p95 ms | p99 ms | per "
            "CPU-s | errors |"
        ]
        rows.append("|---|---|---|---|---|---|---|---|---|")
        for (target, scenario), results in sorted(
            self.results.items(), key=lambda item: item[0][1]
        ):
            rates = [r["rps"] for r in results]
            figures = [self.median(target, scenario, itemgetter(name)) for name in FIGURES]
            rows.append(
                f"| {target} | {scenario} | {len(results)} | {statistics.median(rates):.0f} "
                f"({min(rates):.0f}–{max(rates):.0f}) | "
                + " | ".join(f"{figure:.2f}" for figure in figures)
                + f" | {sum(r['errors'] for r in results)} |"
            )
        return "\n".join(rows)

    def costs(self, scenario: str) -> Iterator[str]:
        """CPU time by process: milliseconds per unit of `scenario`, one line per target."""
        for (target, name), results in sorted(self.results.items()):
            if name != scenario:
                continue
            each = {
                process: self.median(target, name, _cpu_of(process))
                for process in {process for r in results for process in r["cpu_s"]}
            }
            shares = sorted(each.items(), key=itemgetter(1), reverse=True)
            breakdown = ", ".join(f"{process} {ms:.2f}" for process, ms in shares if ms >= 0.05)
            yield f"{scenario}, {target}: {sum(each.values()):.1f} ms of CPU: {breakdown}"


def verdicts(measured: Measured) -> Iterator[tuple[str, bool]]:
    """Each goal with its figures, and whether it is met."""
    for scenario in READS:
        ours = measured.median("project", scenario, lambda r: r["req_per_cpu_s"])
        theirs = measured.median("peer", scenario, lambda r: r["req_per_cpu_s"])
        yield (
            f"{scenario}: {ours / theirs:.2f}× the peer's requests per CPU-second (2×)",
            ours >= 2 * theirs,
        )
        slow = measured.median("project", scenario, lambda r: r["p99_ms"])
        their_slow = measured.median("peer", scenario, lambda r: r["p99_ms"])
        yield (
            f"{scenario}: p99 {slow:.1f} ms, the peer's {their_slow:.1f} ms (no worse)",
            slow <= their_slow,
        )
    ours = measured.median("project", "book", lambda r: r["rps"])
    theirs = measured.median("peer2", "book", lambda r: r["rps"])
    yield (
        f"book: {ours / theirs:.2f}× the requests per second of the peer with two workers (1.5×)",
        ours >= 1.5 * theirs,
    )
    for target in ALL_OR_ALIKE:
        yield from _loops(measured, target)
    if measured.has("many", "search"):
        many = measured.median("many", "search", lambda r: r["p95_ms"])
        few = measured.median("project", "search", lambda r: r["p95_ms"])
        yield (
            f"search: p95 with many consultants {many:.1f} ms, {many / few:.2f}× that with few "
            "(2×)",
            many <= 2 * few,
        )
    yield from _beside_before(measured)
    yield (
        f"memory of services and gateway: {measured.memory_mb:.0f} MB (600)",
        measured.memory_mb <= 600,
    )


def _loops(measured: Measured, target: str) -> Iterator[tuple[str, bool]]:
    services = ALL_OR_ALIKE[target]
    ours = 1000 / measured.median(target, "loop", lambda r: r["req_per_cpu_s"])
    theirs = 1000 / measured.median("peer", "loop", lambda r: r["req_per_cpu_s"])
    yield (
        f"loop{services}: {ours:.1f} ms of CPU, {ours / theirs:.2f}× the peer's with one worker "
        "(1.8×)",
        ours <= 1.8 * theirs,
    )
    ours = measured.median(target, "loop", _confirmed)
    for peer, workers, goal in (("peer", "one worker", 3), ("peer2", "two workers", 2)):
        theirs = measured.median(peer, "loop", _confirmed)
        yield (
            f"accept → confirmed p50{services}: {ours:.1f} ms, {ours / theirs:.2f}× the peer's "
            f"with {workers} ({goal}×)",
            ours <= goal * theirs,
        )


def _beside_before(measured: Measured) -> Iterator[tuple[str, bool]]:
    for ours, services in ALL_OR_ALIKE.items():
        for scenario in (*READS, *WRITES):
            if not measured.has(ours, scenario) or not measured.has("before", scenario):
                continue
            now, then = (
                measured.median(target, scenario, itemgetter("req_per_cpu_s"))
                for target in (ours, "before")
            )
            yield (
                f"{scenario}{services}: {now / then:.2f}× the earlier revision's requests per "
                "CPU-second (no worse)",
                now >= (1 - NOISE) * then,
            )


def _cpu_of(process: str) -> Callable[[dict[str, Any]], float]:
    def milliseconds(result: dict[str, Any]) -> float:
        spent: float = result["cpu_s"].get(process, 0.0)
        return 1000 * spent / float(result["requests"])

    return milliseconds


def _confirmed(result: dict[str, Any]) -> float | None:
    found: float | None = result["extra"].get("accept_to_confirmed", {}).get("p50_ms")
    return found
