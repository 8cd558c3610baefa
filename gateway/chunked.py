"""Reading a body in HTTP/1.1's chunked transfer coding (RFC 9112 §7.1)."""

from __future__ import annotations

import re

_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")
_LONGEST_LINE = 8192


class Chunks:
    """Takes bytes as they come and gives the body's; `done` once the last chunk and the trailers
    are through.
    """

    def __init__(self) -> None:
        self.done = False
        self._buffer = b""
        self._left = 0  # of the present chunk
        self._after_chunk = False  # the line end behind a chunk's data comes next
        self._trailers = False

    def feed(self, data: bytes) -> bytes:
        """The body's bytes in `data`. Raises ValueError for what is no chunked coding, bytes behind
        its end included.
        """
        body: list[bytes] = []
        data = self._buffer + data if self._buffer else data
        at = 0
        while not self.done:
            if self._left:
                piece = data[at : at + self._left]
                body.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left:
                    break
                self._after_chunk = True
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            self._line(data[at:end])
            at = end + 2
        self._buffer = data[at:]
        if len(self._buffer) > _LONGEST_LINE or (self.done and self._buffer):
            raise ValueError("not a chunked body")
        return b"".join(body)

    def _line(self, line: bytes) -> None:
        if self._after_chunk:
            if line:
                raise ValueError("a chunk is longer than it says")
            self._after_chunk = False
        elif self._trailers:
            self.done = not line
        else:
            size = _SIZE.fullmatch(line)
            if size is None:
                raise ValueError("not a chunk's size")
            self._left = int(size[1], 16)
            self._trailers = self._left == 0


def chunk(data: bytes) -> bytes:
    """`data` as one chunk; b"" as the end of the body."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b"0\r\n\r\n"
