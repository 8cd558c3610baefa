"""`python -m deploy.checks.secrets [--accept]`: exit status 1 if a file of the repository contains
something that looks like a secret.

Reviewed false positives (examples, test data) are in `.secrets.baseline`, as hashes; `--accept`
rewrites it. A file that has not changed since its last scan is not scanned again: its findings are
cached in `.cache/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from deploy.local.settings import ROOT

BASELINE = ROOT / ".secrets.baseline"
CACHE = ROOT / ".cache" / "secrets.json"
PROCESSES = 2
# Package hashes, pictures, and files generated from files that are scanned themselves.
NOT_READ = re.compile(
    r"^(uv\.lock|web/package-lock\.json|web/openapi\.json|web/src/lib/api/schema\.gen\.ts|\.secrets\.baseline)$"
    r"|\.(png|gz|br|ico|woff2)$"
)
# In tests `password = "…"`, a URL with one, and long ids are test data; keys and tokens of a known
# format are detected there as everywhere.
TEST = re.compile(r"(^|/)(tests|testing|e2e)/")
A_TESTS_OWN = {
    "Secret Keyword",
    "Basic Auth Credentials",
    "Base64 High Entropy String",
    "Hex High Entropy String",
}


class Finding(NamedTuple):
    """Something that looks like a secret. `secret_hash` is the hash of the text found."""

    filename: str
    type: str
    secret_hash: str
    line_number: int

    @property
    def key(self) -> tuple[str, str, str]:
        """The key in the baseline: it does not change when lines are added above."""
        return self.filename, self.type, self.secret_hash


def tracked() -> list[str]:
    """The repository's files, including untracked ones that could be added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = (
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        .stdout.decode()
        .split("\0")
    )
    return sorted(
        {name for name in listed if name and not NOT_READ.search(name) and (ROOT / name).is_file()}
    )


def scan(files: Iterable[str], root: str = str(ROOT)) -> list[Finding]:
    """Whatever looks like a secret in these files of `root`."""
    collection = SecretsCollection(root)
    with default_settings():
        collection.scan_files(*files, num_processors=PROCESSES)
    found = (
        # the same name in every checkout
        Finding(os.path.relpath(one.filename, root), one.type, one.secret_hash, one.line_number)
        for _, one in collection
    )
    return [one for one in found if not (one.type in A_TESTS_OWN and TEST.search(one.filename))]


def scan_changed(
    files: Iterable[str], root: Path = ROOT, cache: Path = CACHE
) -> tuple[list[Finding], int]:
    """As `scan`, plus the number of files scanned, which are those that `cache` does not contain in
    this form.
    """
    rules = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    version = f"{metadata.version('detect-secrets')} {rules}"
    stored: dict[str, Any] = json.loads(cache.read_text()) if cache.exists() else {}
    before: dict[str, Any] = stored["files"] if stored.get("version") == version else {}
    digests = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in files}
    changed = [name for name, digest in digests.items() if before.get(name, [""])[0] != digest]
    now = {name: before.get(name, [digest, []]) for name, digest in digests.items()}
    now |= {name: [digests[name], []] for name in changed}
    for one in scan(changed, str(root)) if changed else ():
        now[one.filename][1].append(one[1:])
    cache.parent.mkdir(exist_ok=True)
    written = cache.with_name(f"{cache.name}.{os.getpid()}")
    written.write_text(json.dumps({"version": version, "files": now}))
    written.replace(cache)
    found = [Finding(name, *rest) for name, (_, findings) in now.items() for rest in findings]
    return found, len(changed)


def known() -> set[tuple[str, str, str]]:
    """The false positives in the baseline."""
    stored: dict[str, Any] = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    return {
        (one["filename"], one["type"], one["hashed_secret"]) for one in stored.get("results", ())
    }


def write_baseline(found: list[Finding]) -> None:
    """Writes the baseline, without line numbers, so that it changes only when a finding does."""
    results = [
        {"filename": one.filename, "type": one.type, "hashed_secret": one.secret_hash}
        for one in found
    ]
    unique = {json.dumps(one): one for one in results}
    BASELINE.write_text(
        json.dumps({"results": [unique[key] for key in sorted(unique)]}, indent=1) + "\n"
    )


def main(
    accept: Annotated[bool, typer.Option("--accept", help="Accept all that is found.")] = False,
) -> None:
    """Looks for secrets. Exit status 1 if a file contains something that looks like one."""
    found, _ = scan_changed(tracked())
    if accept:
        write_baseline(found)
        return
    accepted = known()
    new = [one for one in found if one.key not in accepted]
    for one in new:
        print(f"{one.filename}:{one.line_number}: {one.type}")
    if new:
        print("If it is a secret: replace it everywhere, because it may already be in the history.")
        print("If it is not: .venv/bin/python -m deploy.checks.secrets --accept")
    else:
        print("Secrets: none.")
    raise typer.Exit(1 if new else 0)


if __name__ == "__main__":
    typer.run(main)
