"""The checks find what they should, and an unreachable network is not a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.checks import api_description, dependencies
from deploy.checks.secrets import scan, scan_changed
from deploy.local import node
from deploy.local.steps import Failed

# Concatenated, because otherwise the check would report this file.
STRIPE_KEY = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
PRIVATE_KEY = "-----BEGIN " + "PRIVATE KEY-----"


def found(folder: Path, name: str, text: str) -> list[str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    secrets = scan([name], str(folder))
    assert {one.filename for one in secrets} <= {name}, "the same in every checkout"
    return [one.type for one in secrets]


@pytest.mark.parametrize("name", ["app/settings.py", "app/tests/test_app.py"])
def test_keys_are_found_wherever_they_are(tmp_path: Path, name: str) -> None:
    assert "Stripe Access Key" in found(tmp_path, name, f'KEY = "{STRIPE_KEY}"\n')
    assert "Private Key" in found(tmp_path, name, PRIVATE_KEY + "\nMIIB\n")


def test_a_password_is_a_secret_in_a_program_and_none_in_its_test(tmp_path: Path) -> None:
    text = "password = " + '"tr0ub4dor&3-horse"\n'
    assert found(tmp_path, "app/settings.py", text) == ["Secret Keyword"]
    assert found(tmp_path, "app/tests/test_app.py", text) == []


def test_a_vulnerable_python_package_is_named_with_its_cure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = {
        "dependencies": [
            {"name": "fine", "version": "1", "vulns": []},
            {
                "name": "bad",
                "version": "2",
                "vulns": [{"id": "PYSEC-1", "aliases": [], "fix_versions": ["3"]}],
            },
        ]
    }
    assert dependencies.report("Python packages", "PyPI", dependencies.of_pip(output)) == 1
    assert "VULNERABLE: bad 2: PYSEC-1 (fixed in 3)" in capsys.readouterr().out


def test_an_accepted_advisory_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dependencies.ACCEPTED, "CVE-1", "not reachable here")
    output = {
        "dependencies": [
            {"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"]}]}
        ]
    }
    assert dependencies.of_pip(output) == []


def test_a_vulnerable_package_of_the_web_app_is_named() -> None:
    via = {"title": "Prototype pollution", "url": "https://github.com/advisories/GHSA-x"}
    output = {
        "auditReportVersion": 2,
        "vulnerabilities": {
            "bad": {"range": "<2", "via": [via]},
            "above": {"range": "*", "via": ["bad"]},
        },
    }
    assert dependencies.of_npm(output) == [
        "bad <2: Prototype pollution (https://github.com/advisories/GHSA-x)"
    ]
    assert dependencies.of_npm({"auditReportVersion": 2, "vulnerabilities": {}}) == []


def test_a_source_that_is_not_reached_is_said_and_is_no_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    skipped = {"dependencies": [{"name": "fine", "skip_reason": "not found on PyPI"}]}
    assert dependencies.of_pip(skipped) is None
    assert dependencies.of_pip({}) is None
    assert dependencies.of_npm({"statusCode": 405, "error": {"summary": ""}}) is None
    assert dependencies.report("Python packages", "PyPI", None) == 0
    assert "not audited, PyPI was not reached" in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_linters_that_cannot_be_installed_are_a_failure_in_ci_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    ci: str, status: int,
) -> None:  # fmt: skip
    def offline(log: Path) -> None:
        raise Failed("Node.js could not be installed.", log)

    (tmp_path / "package-lock.json").touch()
    monkeypatch.setattr(api_description, "FOLDER", tmp_path)
    monkeypatch.setattr(api_description, "LOG", tmp_path / "log" / "api-lint.log")
    monkeypatch.setattr(node, "ensure", offline)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(SystemExit) as left:
        api_description.main()
    assert left.value.code == status
    assert "the linters could not be installed" in capsys.readouterr().out


def test_files_that_have_not_changed_are_not_looked_at_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "secrets.json"
    (tmp_path / "bad.py").write_text(f'KEY = "{STRIPE_KEY}"\n')
    (tmp_path / "good.py").write_text("KEY = None\n")
    files = ["bad.py", "good.py"]
    found, looked_at = scan_changed(files, tmp_path, cache)
    assert ({one.filename for one in found}, looked_at) == ({"bad.py"}, 2)
    assert scan_changed(files, tmp_path, cache) == (found, 0)
    (tmp_path / "good.py").write_text(f'KEY = "{STRIPE_KEY}"\n')
    (tmp_path / "bad.py").write_text("KEY = None\n")
    found, looked_at = scan_changed(files, tmp_path, cache)
    assert ({one.filename for one in found}, looked_at) == ({"good.py"}, 2)
    assert scan_changed(["bad.py"], tmp_path, cache) == ([], 0)
