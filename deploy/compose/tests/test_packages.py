"""No package installed for its own sake needs what packages.sh leaves out of the images."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from deploy.local.settings import ROOT
from shared.fonts import packaged

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
NEEDS = {one["name"]: [d["name"] for d in one.get("dependencies", ())] for one in LOCK}
SCRIPT = (ROOT / "deploy/compose/packages.sh").read_text()
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


def names_of(requirements: list[str]) -> list[str]:
    return [re.split(r"[\[<>=!~ ;]", one)[0] for one in requirements]


def with_what_they_need(names: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += NEEDS.get(name, [])
    return found


def left_out() -> set[str]:
    (listed,) = re.findall(r'^unused="([^"$]+)"$', SCRIPT, re.MULTILINE)
    return set(listed.split())


@pytest.mark.parametrize("extra", EXTRAS)
def test_no_program_needs_what_is_left_out(extra: str) -> None:
    assert with_what_they_need(names_of(EXTRAS[extra])) & left_out() == set()


@pytest.mark.parametrize("extra", ["payments", "gateway"])
def test_fonts_stay_in_the_image(extra: str) -> None:
    (case,) = re.findall(r'^case "\$\*" in (.+)\n    cjk=', SCRIPT, re.MULTILINE)
    assert f'*"--extra {extra}"*' in case
    assert {name for name in names_of(EXTRAS["payments"]) if "font" in name or "noto" in name} <= (
        with_what_they_need(names_of(EXTRAS[extra]))
    )
    kept = [
        *re.findall(r"! -name '([^']+\.ttf)'", SCRIPT),
        *re.findall(r"\$site/\w+/([^\"]+)\"", SCRIPT),
    ]
    for font in packaged():
        assert any(fnmatch.fnmatch(font.path.name, name) for name in kept), font


WITHOUT_PACKAGES = """
import runpy, sys
sys.modules.update(dict.fromkeys(sys.argv[1].split()))
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("program", ["shared.dead_letters", "sandbox.mail", "sandbox.stripe"])
def test_a_wrong_option_is_explained_without_the_packages_left_out(program: str) -> None:
    settings = re.findall(r"^ENV (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    environment = dict(re.findall(r"(\w+)=(\S+)", " ".join(settings)))
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PACKAGES, " ".join(left_out()), program, "--unknown"],
        cwd=ROOT,
        env=environment | {"PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.endswith("No such option: --unknown\n")
