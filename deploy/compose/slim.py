"""`python slim.py FOLDER …`, in the Dockerfile: takes from the ELF files below what only debuggers
read.

Python's wheels carry symbol tables and debugging information, a third of an image. They lie behind
everything that is ever loaded, so a file may end where its last loaded segment ends. (`strip` does
the same, but would bring a compiler's tools and a Debian mirror into the build.)
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
    """Where the part of an ELF file ends that a running program can see: its header and its
    segments of every kind.
    """
    _, _, _, _, _, start, _, _, _, size, count, _, _, _ = HEADER.unpack_from(data)
    end = start + size * count
    for number in range(count):
        _, _, offset, _, _, length, _, _ = SEGMENT.unpack_from(data, start + number * size)
        end = max(end, offset + length)
    return int(end)


def slimmed(data: bytes) -> bytes:
    """The file without its section table and what stands behind the segments; as it is when that
    saves nothing.
    """
    end = loaded_end(data)
    if end >= len(data):
        return data
    fields = list(HEADER.unpack_from(data))
    fields[6] = fields[12] = fields[13] = (
        0  # where the section table is, how many, which of them has the names
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
            os.replace(fresh, path)  # in one step: it may be the very Python that runs this


if __name__ == "__main__":
    main()
