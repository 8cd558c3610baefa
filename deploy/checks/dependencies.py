"""`python -m deploy.checks.dependencies`: exit status 1 if an installed package has a known
vulnerability.

If a source of advisories cannot be reached, a line says so and the check passes: a build must not
fail because of the network.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from deploy.local import node
from deploy.local.settings import ROOT

# Advisory → why it does not affect us. Remove an entry when its package is updated.
ACCEPTED: dict[str, str] = {}
SOURCES = {"pypi": "PyPI", "osv": "OSV"}
SECONDS = 120


def of_pip(output: dict[str, Any]) -> list[str] | None:
    """The advisories in pip-audit's JSON; None if it has no result for any package, which means
    that it could not reach its source.
    """
    audited = [one for one in output.get("dependencies", ()) if "skip_reason" not in one]
    if not audited:
        return None
    return [
        f"{one['name']} {one['version']}: {bug['id']} (fixed in "
        f"{', '.join(bug.get('fix_versions') or ['none yet'])})"
        for one in audited
        for bug in one["vulns"]
        if not {bug["id"], *bug.get("aliases", ())} & set(ACCEPTED)
    ]


def of_npm(output: dict[str, Any]) -> list[str] | None:
    """The advisories in npm's JSON; None if it contains an error, which means that npm could not
    reach its source.
    """
    if "auditReportVersion" not in output:
        return None
    return [
        f"{name} {one['range']}: {via['title']} ({via['url']})"
        for name, one in output["vulnerabilities"].items()
        for via in one["via"]
        if isinstance(via, dict) and via["url"].rpartition("/")[2] not in ACCEPTED
    ]


def audit_python() -> list[str] | None:
    """The advisories for the packages of this environment, which match the lock file."""
    pins = sorted({f"{one.name}=={one.version}" for one in distributions()})
    for source in SOURCES:
        # One package first: if the source cannot be reached, a hundred failing requests would take
        # long.
        if _ask_pip(source, pins[:1]) is not None:
            return _ask_pip(source, pins)
    return None


def _ask_pip(source: str, pins: list[str]) -> list[str] | None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins))
        file.flush()
        flags = [
            "--disable-pip",
            "--no-deps",
            "--progress-spinner=off",
            "--timeout=5",
            "--format=json",
        ]
        command = [sys.executable, "-m", "pip_audit", *flags, f"--vulnerability-service={source}"]
        return of_pip(_json_of([*command, "-r", file.name], ROOT))


def audit_web() -> list[str] | None:
    """The advisories for the web app's packages, from its lock file."""
    if shutil.which("npm", path=node.environment()["PATH"]) is None:
        return None
    return of_npm(_json_of(["npm", "audit", "--json"], ROOT / "web"))


def _json_of(command: list[str], folder: Path) -> dict[str, Any]:
    """The command's output as JSON; empty if it is not an object."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=node.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
        )
        output = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return output if isinstance(output, dict) else {}


def report(what: str, source: str, found: list[str] | None) -> int:
    """Prints the findings; 1 if there are any."""
    if found is None:
        print(f"Advisories for {what}: not audited, {source} was not reached.")
        return 0
    for one in found:
        print(f"VULNERABLE: {one}")
    print(f"Advisories for {what}: {len(found) or 'none'}.")
    return 1 if found else 0


def main() -> int:
    """The command."""
    python = report("Python packages", " or ".join(SOURCES.values()), audit_python())
    web = report("the web app's packages", "npm's registry", audit_web())
    return python | web


if __name__ == "__main__":
    sys.exit(main())
