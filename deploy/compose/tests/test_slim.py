"""slim.py: a library loads as before, without its debugging data."""

import ctypes
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.compose.slim import LITTLE_ENDIAN_64, loaded_end, slimmed


def library() -> Path:
    """A compiled module that is known to contain symbols."""
    found = importlib.util.find_spec("uvloop.loop")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin)


@pytest.mark.skipif(sys.platform != "linux", reason="ELF is Linux's format")
def test_slimmed_library_is_smaller_and_loads(tmp_path: Path) -> None:
    data = library().read_bytes()
    assert data.startswith(LITTLE_ENDIAN_64)
    copy = tmp_path / library().name
    copy.write_bytes(data)
    (tmp_path / "notes.txt").write_bytes(b"x" * 100_000)
    subprocess.run([sys.executable, "deploy/compose/slim.py", str(tmp_path)], check=True)
    assert copy.stat().st_size == loaded_end(data) < len(data)
    assert (tmp_path / "notes.txt").stat().st_size == 100_000
    assert ctypes.CDLL(str(copy)).PyInit_loop


def test_slimming_twice_changes_nothing() -> None:
    once = slimmed(library().read_bytes())
    assert slimmed(once) == once
