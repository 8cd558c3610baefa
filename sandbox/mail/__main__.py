"""`python -m sandbox.mail`: runs the mail sandbox. Exit status 1 if it refuses to start."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from sandbox.mail.running import serve
from sandbox.mail.settings import Refused, checked

Listen = Annotated[str, typer.Option(envvar="MAIL_SANDBOX_LISTEN", help="HOST:PORT of the pages")]
Smtp = Annotated[str, typer.Option(envvar="MAIL_SANDBOX_SMTP", help="HOST:PORT that takes mail")]
Data = Annotated[Path, typer.Option(envvar="MAIL_SANDBOX_DATA", help="folder for received mails")]
Environment = Annotated[str, typer.Option(envvar="ENVIRONMENT", hidden=True)]


def main(
    listen: Listen = "127.0.0.1:8025",
    smtp: Smtp = "127.0.0.1:1025",
    data: Data = Path(".local/mail"),
    environment: Environment = "development",
) -> None:
    """An SMTP server that stores and shows the mails it receives. It delivers nothing."""
    try:
        settings = checked(listen, smtp, data, environment)
    except Refused as why:
        typer.echo(str(why), err=True)
        raise typer.Exit(1) from None
    asyncio.run(serve(settings))


if __name__ == "__main__":
    typer.run(main)
