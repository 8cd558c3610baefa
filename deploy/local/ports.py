"""TCP ports on the loopback interface: chosen once, stored, and replaced only if they are taken."""

import contextlib
import errno
import random
import socket
from collections.abc import Iterable, Mapping

# Below the ephemeral port ranges of Linux and macOS (from 32768 and 49152): a program that restarts
# must find its port free, and otherwise any outgoing connection could have taken it in the
# meantime.
RANGE = range(20_000, 32_000)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now. Lingering connections of a stopped server do not
    count.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def find_free(taken: Iterable[int] = ()) -> int:
    """A free port that is not in `taken`."""
    refused = set(taken)
    for port in random.sample(RANGE, len(RANGE)):  # at random: two stacks may start at once  # nosec B311 # which port, no secret
        if port not in refused and is_free(port):
            return port
    raise OSError(errno.EADDRINUSE, f"no free TCP port between {RANGE.start} and {RANGE.stop - 1}")


def settle(names: Iterable[str], remembered: Mapping[str, int]) -> dict[str, int]:
    """A port for each name: the stored one if it is free, otherwise another; all different."""
    settled: dict[str, int] = {}
    for name in names:
        port = remembered.get(name)
        if port is None or port in settled.values() or not is_free(port):
            port = find_free(taken=[*settled.values(), *remembered.values()])
        settled[name] = port
    return settled


def answers(port: int, host: str = "127.0.0.1", timeout: float = 1.0) -> bool:
    """Whether a connection is accepted there within `timeout` seconds."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=timeout):
        return True
    return False
