"""`make openapi`: generates the merged API description from the services' code, as the file that
the gateway serves and from which the web app's types are generated.

`python -m deploy.openapi` writes it; with `--check` it reports whether the file is up to date.
"""

from __future__ import annotations

import base64
import importlib
import json
from typing import Annotated

import typer

from gateway.merge import merge
from gateway.openapi import DOCUMENT
from shared.openapi import Node, description_of
from shared.services import SERVICES
from shared.settings import load

# Placeholders: nothing is connected to, the application is only built and described.
ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@localhost/none",
    "AMQP_URL": "amqp://nobody@localhost",
    "SIGNING_KEY_SECRET": base64.urlsafe_b64encode(bytes(32)).decode(),
    "STRIPE_SECRET_KEY": "sk_test_none",  # nosec B105
    "STRIPE_PUBLISHABLE_KEY": "pk_test_none",
    "STRIPE_WEBHOOK_SECRET": "whsec_none",  # nosec B105
    "LOG_LEVEL": "error",
}


def described(service: str) -> Node:
    """A service's own description."""
    module = importlib.import_module(f"services.{service}.app")
    application = module.build(load(module.SETTINGS, ENVIRONMENT))
    # as after serialisation
    tree: Node = json.loads(json.dumps(description_of(application), default=str))
    return tree


def document() -> str:
    """The merged document as written to the file."""
    merged = merge({service: described(service) for service in SERVICES})
    return json.dumps(merged, indent=1, ensure_ascii=False) + "\n"


def main(
    check: Annotated[bool, typer.Option("--check", help="Write nothing.")] = False,
) -> None:
    """Writes the merged API description, or reports whether the file is up to date."""
    made = document()
    if not check:
        DOCUMENT.write_text(made)
        return
    if not DOCUMENT.exists() or DOCUMENT.read_text() != made:
        raise SystemExit(f"{DOCUMENT.name} is out of date: run make openapi")


if __name__ == "__main__":
    typer.run(main)
