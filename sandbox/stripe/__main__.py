"""`python -m sandbox.stripe`: run the sandbox. Exit status 1 when it refuses to start."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from sandbox.stripe.running import SandboxServer, claim
from sandbox.stripe.settings import Options, Refused, checked

Listen = Annotated[str, typer.Option(envvar="STRIPE_SANDBOX_LISTEN", metavar="HOST:PORT")]
Data = Annotated[Path, typer.Option(envvar="STRIPE_SANDBOX_DATA", metavar="DIR")]
Webhooks = Annotated[
    list[str] | None, typer.Option("--webhook", metavar="URL=SECRET", help="can be repeated")
]
ConnectWebhooks = Annotated[
    list[str] | None,
    typer.Option("--connect-webhook", metavar="URL=SECRET", help="can be repeated"),
]
SecretKey = Annotated[str, typer.Option(envvar="STRIPE_SECRET_KEY", metavar="sk_test_…")]
PublishableKey = Annotated[str, typer.Option(envvar="STRIPE_PUBLISHABLE_KEY", metavar="pk_test_…")]
PublicUrl = Annotated[
    str, typer.Option(envvar="PUBLIC_URL", help="for links; the request's host if not given")
]
SettlementCurrency = Annotated[
    str,
    typer.Option(
        envvar="STRIPE_SETTLEMENT_CURRENCY",
        metavar="CODE",
        help="all charges are converted to it; without it each currency is kept",
    ),
]


def main(  # nosec B107 # any test key, if empty
    listen: Listen = "127.0.0.1:12111",
    data: Data = Path(".local/stripe"),
    webhooks: Webhooks = None,
    connect_webhooks: ConnectWebhooks = None,
    secret_key: SecretKey = "",
    publishable_key: PublishableKey = "",
    public_url: PublicUrl = "",
    settlement_currency: SettlementCurrency = "",
) -> None:
    """A stand-in for Stripe. Not Stripe."""
    options = Options(
        listen,
        data,
        webhooks or (),
        connect_webhooks or (),
        secret_key,
        publishable_key,
        public_url,
        settlement_currency,
    )
    try:
        settings = checked(options, os.environ)
        claim(settings)
    except Refused as why:
        typer.echo(str(why), err=True)
        raise typer.Exit(1) from None
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        asyncio.run(SandboxServer(settings).serve())
    else:
        uvloop.run(SandboxServer(settings).serve())


if __name__ == "__main__":
    typer.run(main)
