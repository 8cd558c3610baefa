"""`python -IS healthy.py PORT [PATH]`: whether the program in this container reports that it is
ready; exit status 0 or 1.

Runs every few seconds in every container, so it imports almost nothing (20 ms; with urllib and site
it would take 150). Only Docker calls it, with arguments of ours: hence without typer.
"""

import socket
import sys

LIMIT_SECONDS = 4.0


def main() -> int:
    """Returns status 1 unless the program on this port responds with 200."""
    port, path = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "/health/ready"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT_SECONDS) as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode()
            )
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
    except OSError as error:
        sys.stdout.write(f"no answer at port {port}: {error}\n")
        return 1
    sys.stdout.write(answer.rpartition(b"\r\n\r\n")[2].decode(errors="replace"))
    return 0 if answer.startswith(b"HTTP/1.1 200 ") else 1


if __name__ == "__main__":
    sys.exit(main())
