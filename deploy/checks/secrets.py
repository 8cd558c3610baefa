"""`python -m deploy.checks.secrets [--accept]`: exit status 1 when a file of the repository holds
what looks like a secret.

What was looked at and is none (examples, test data) is in `.secrets.baseline`, as hashes;
`--accept` writes it anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from deploy.local.settings import ROOT

BASELINE = ROOT / ".secrets.baseline"
PROCESSES = 2
# Hashes of packages, pictures, and what is generated from files that are looked at themselves.
NOT_READ = re.compile(
    r"^(uv\.lock|web/package-lock\.json|web/openapi\.json|web/src/lib/api/schema\.gen\.ts|\.secrets\.baseline)$"
    r"|\.(png|gz|br|ico|woff2)$"
)
# `password = "…"`, an address with one, and a long id are a test's own; keys and tokens of a known
# form are found there as everywhere.
TEST = re.compile(r"(^|/)(tests|testing|e2e)/")
A_TESTS_OWN = {
    "Secret Keyword",
    "Basic Auth Credentials",
    "Base64 High Entropy String",
    "Hex High Entropy String",
}

Finding = tuple[str, str, str]  # file, kind, hash


def tracked() -> list[str]:
    """The repository's files, those that are about to be added too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = (
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        .stdout.decode()
        .split("\0")
    )
    return sorted(
        {name for name in listed if name and not NOT_READ.search(name) and (ROOT / name).is_file()}
    )


def scan(files: Iterable[str], root: str = str(ROOT)) -> list[PotentialSecret]:
    """What looks like a secret in these files of `root`."""
    collection = SecretsCollection(root)
    with default_settings():
        collection.scan_files(*files, num_processors=PROCESSES)
    found = [secret for _, secret in collection]
    for one in found:
        one.filename = os.path.relpath(one.filename, root)  # the same in every checkout
    return [one for one in found if not (one.type in A_TESTS_OWN and TEST.search(one.filename))]


def known() -> set[Finding]:
    """What the baseline says is none."""
    told: dict[str, Any] = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    return {(one["filename"], one["type"], one["hashed_secret"]) for one in told.get("results", ())}


def accept(found: list[PotentialSecret]) -> None:
    """Writes the baseline: without line numbers, so that it changes only when a finding does."""
    results = [
        {"filename": one.filename, "type": one.type, "hashed_secret": one.secret_hash}
        for one in found
    ]
    unique = {json.dumps(one): one for one in results}
    BASELINE.write_text(
        json.dumps({"results": [unique[key] for key in sorted(unique)]}, indent=1) + "\n"
    )


def main() -> int:
    """The command."""
    found = scan(tracked())
    if "--accept" in sys.argv:
        accept(found)
        return 0
    accepted = known()
    new = [one for one in found if (one.filename, one.type, one.secret_hash) not in accepted]
    for one in new:
        print(f"{one.filename}:{one.line_number}: {one.type}")
    if new:
        print(
            "If it is a secret: change it, wherever it is used, for it may be in the history "
            "already."
        )
        print("If it is none: .venv/bin/python -m deploy.checks.secrets --accept")
    else:
        print("Secrets: none.")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
