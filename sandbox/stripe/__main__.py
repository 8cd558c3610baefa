"""`python -m sandbox.stripe`: run the sandbox. Exit status 1 when it refuses to start."""

import asyncio
import os
import sys

from sandbox.stripe.running import SandboxServer, claim
from sandbox.stripe.settings import Refused, parse


def main() -> int:
    """The command."""
    try:
        settings = parse(sys.argv[1:], os.environ)
        claim(settings)
    except Refused as why:
        print(why, file=sys.stderr)
        return 1
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        asyncio.run(SandboxServer(settings).serve())
    else:
        uvloop.run(SandboxServer(settings).serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
