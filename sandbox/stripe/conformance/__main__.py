"""`python -m sandbox.stripe.conformance --base-url URL [--only NAME]…`: exit status 1 if any check
fails.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import typer

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


def run(session: Session, groups: Iterable[str] = CHECKS) -> int:
    """The exit status of the command, after the checks of these groups. Closes the session."""
    try:
        for name in groups:
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


def main(
    base_url: Annotated[str, typer.Option(help="for example http://127.0.0.1:12111")],
    secret_key: str = "sk_test_conformance",  # noqa: S107  # nosec B107 # of the sandbox
    publishable_key: str = "pk_test_conformance",
    only: Annotated[
        list[str] | None,
        typer.Option(help=f"run only this group; can be repeated: {', '.join(CHECKS)}"),
    ] = None,
) -> None:
    """Checks that the sandbox behaves like Stripe. Exit status 1 if any check fails."""
    for name in only or ():
        if name not in CHECKS:
            raise typer.BadParameter(f"no group is called {name!r}; there are {', '.join(CHECKS)}")
    raise typer.Exit(run(Session(base_url, secret_key, publishable_key), only or CHECKS))


if __name__ == "__main__":
    typer.run(main)
