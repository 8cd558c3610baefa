"""`make openapi`: the one description of the API, from the services' code, as a file that the
gateway serves and the web app's types are made from.

`python -m deploy.openapi` writes it; with `--check` it says whether it is what the code gives.
"""

from __future__ import annotations

import base64
import importlib
import json
import sys

from gateway.merge import merge
from gateway.openapi import DOCUMENT
from shared.openapi import Node, description_of
from shared.settings import load

SERVICES = ("identity", "directory", "booking", "payments", "notifications")
# Nothing is connected to: a service is put together, and asked what it takes.
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
    """What a service says of itself."""
    module = importlib.import_module(f"services.{service}.app")
    application = module.build(load(module.SETTINGS, ENVIRONMENT))
    # as it is after it went over the wire
    tree: Node = json.loads(json.dumps(description_of(application), default=str))
    return tree


def document() -> str:
    """The merged document as it stands in the file."""
    merged = merge({service: described(service) for service in SERVICES})
    return json.dumps(merged, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """The command."""
    made = document()
    if "--check" not in sys.argv:
        DOCUMENT.write_text(made)
        return
    if not DOCUMENT.exists() or DOCUMENT.read_text() != made:
        raise SystemExit(f"{DOCUMENT.name} is not what the code gives: make openapi")


if __name__ == "__main__":
    main()
