"""`python slim.py FOLDER …`, for the Dockerfile: strips debugging data from the ELF files below
FOLDER.

Python's wheels contain symbol tables and debugging information, a third of an image. They are
located after everything that is loaded, so a file can be truncated at the end of its last loaded
segment. (`strip` does the same, but would add compiler tools and a Debian mirror to the build.) It
runs where no packages are installed, hence without typer.
"""

import os
import stat
import struct
import sys
from pathlib import Path

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
LITTLE_ENDIAN_64 = b"\x7fELF\x02\x01"


def loaded_end(data: bytes) -> int:
    """The end of the part of an ELF file that a running program can access: its header and all of
    its segments.
    """
    _, _, _, _, _, start, _, _, _, size, count, _, _, _ = HEADER.unpack_from(data)
    end = start + size * count
    for number in range(count):
        _, _, offset, _, _, length, _, _ = SEGMENT.unpack_from(data, start + number * size)
        end = max(end, offset + length)
    return int(end)


def slimmed(data: bytes) -> bytes:
    """The file without its section table and everything after the segments; unchanged if that saves
    nothing.
    """
    end = loaded_end(data)
    if end >= len(data):
        return data
    fields = list(HEADER.unpack_from(data))
    fields[6] = fields[12] = fields[13] = (
        0  # offset of the section table, number of sections, index of the names
    )
    return HEADER.pack(*fields) + data[HEADER.size : end]


def main() -> None:
    """The command."""
    for folder in sys.argv[1:]:
        for path in Path(folder).rglob("*"):
            state = path.lstat()
            if not stat.S_ISREG(state.st_mode) or state.st_size < 64 * 1024:
                continue
            with path.open("rb") as file:
                if file.read(len(LITTLE_ENDIAN_64)) != LITTLE_ENDIAN_64:
                    continue
            fresh = path.with_name(path.name + ".slim")
            fresh.write_bytes(slimmed(path.read_bytes()))
            fresh.chmod(state.st_mode & 0o7777)
            os.replace(fresh, path)  # atomically: it may be the Python that is running this


if __name__ == "__main__":
    main()
