"""Resource usage of processes: CPU by program, including child processes, and memory."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import psutil  # type: ignore[import-untyped]

QUIET_SHARE = 0.1  # the share of all cores that may be busy when a measurement begins
MIB = 1 << 20


class Meter:
    """CPU seconds and peak resident memory of named processes within a `with` block."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._sample_memory, daemon=True)
        self.cpu_seconds: dict[str, float] = {}
        self.peak_mb: dict[str, float] = dict.fromkeys(pids, 0.0)
        self.seconds = 0.0

    def __enter__(self) -> Self:
        """Starts measuring."""
        self._before, self._began = self._cpu(), time.perf_counter()
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops measuring."""
        after, self.seconds = self._cpu(), time.perf_counter() - self._began
        self._over.set()
        self._watch.join()
        self.cpu_seconds = {
            name: round(spent - self._before.get(name, 0.0), 3) for name, spent in after.items()
        }

    def _trees(self) -> dict[str, list[psutil.Process]]:
        trees: dict[str, list[psutil.Process]] = {}
        for name, pid in self._pids.items():
            with contextlib.suppress(psutil.Error):
                root = psutil.Process(pid)
                trees[name] = [root, *root.children(recursive=True)]
        return trees

    def _cpu(self) -> dict[str, float]:
        spent = dict.fromkeys(self._pids, 0.0)
        for name, processes in self._trees().items():
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    # Child processes that have exited count for the parent that waited for them.
                    spent[name] += times.user + times.system
                    spent[name] += times.children_user + times.children_system
        return spent

    def _sample_memory(self) -> None:
        while not self._over.wait(1.0):
            for name, processes in self._trees().items():
                total = 0
                for process in processes:
                    with contextlib.suppress(psutil.Error):
                        total += process.memory_info().rss
                self.peak_mb[name] = max(self.peak_mb[name], total / MIB)


async def quiet(longest: float) -> None:
    """Waits for a second in which the machine is nearly idle, for at most `longest` seconds."""
    end = time.monotonic() + longest
    psutil.cpu_percent()
    while time.monotonic() < end:
        await asyncio.sleep(1.0)
        if psutil.cpu_percent() < QUIET_SHARE * 100:
            return


def summary_of(meter: Meter, durations: list[float], errors: int) -> dict[str, Any]:
    """The figures of one measurement; durations in seconds, latencies in milliseconds."""
    total = sum(meter.cpu_seconds.values())
    requests = len(durations)
    return {
        "requests": requests,
        "errors": errors,
        "seconds": round(meter.seconds, 2),
        "rps": round(requests / meter.seconds, 1) if meter.seconds else 0.0,
        "req_per_cpu_s": round(requests / total, 1) if total else None,
        "cpu_s": meter.cpu_seconds,
        "peak_mb": {name: round(peak, 1) for name, peak in meter.peak_mb.items()},
        **percentiles(durations),
    }


def percentiles(durations: list[float]) -> dict[str, float | None]:
    """p50, p95 and p99 in milliseconds; None if nothing was measured."""
    ordered = sorted(durations)

    def at(share: float) -> float | None:
        if not ordered:
            return None
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 3)

    return {"p50_ms": at(0.50), "p95_ms": at(0.95), "p99_ms": at(0.99)}
