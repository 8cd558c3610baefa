"""`python -m sandbox.stripe.conformance --base-url URL [--only NAME…]`: exit status 1 if
any check fails.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from sandbox.stripe.conformance import (
    cards,
    connect,
    holds,
    requests,
    returns,
    settlement,
    webhooks,
)
from sandbox.stripe.conformance.session import Session

Check = Callable[[Session], None]
CHECKS: dict[str, Sequence[Check]] = {
    "requests": requests.CHECKS,
    "cards": cards.CHECKS,
    "holds": holds.CHECKS,
    "returns": returns.CHECKS,
    "connect": connect.CHECKS,
    "settlement": settlement.CHECKS,
    "webhooks": webhooks.CHECKS,
}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe.conformance")
    parser.add_argument("--base-url", required=True, help="for example http://127.0.0.1:12111")
    parser.add_argument("--secret-key", default="sk_test_conformance")
    parser.add_argument("--publishable-key", default="pk_test_conformance")
    parser.add_argument("--only", nargs="*", choices=sorted(CHECKS), help="run only these groups")
    return parser.parse_args(arguments)


def run(arguments: Sequence[str]) -> int:
    """The exit status of the command."""
    options = parse(arguments)
    session = Session(options.base_url, options.secret_key, options.publishable_key)
    try:
        for name in options.only or CHECKS:
            for check in CHECKS[name]:
                with session.check(f"{name}: {(check.__doc__ or check.__name__).splitlines()[0]}"):
                    check(session)
    finally:
        session.close()
    for failure in session.failures:
        print(f"FAILED {failure}")
    print(
        f"{session.passed} passed, {len(session.failures)} failed;"
        f" {len(session.covered)} operations covered"
    )
    return 1 if session.failures else 0


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
