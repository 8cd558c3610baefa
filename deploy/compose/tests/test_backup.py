"""backup.sh and restore.sh, with a stand-in for compose that notes its commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy.local.settings import ROOT

# A dump is whole if it ends in "end"; the archive of photos is that of the folder $PHOTOS.
COMPOSE = """#!/bin/sh
echo "$*" >>"$NOTES"
case "$*" in
    "ps -q booking") printf '%s\\n' one two three ;;
    "ps -q "*) echo one ;;
    *"pg_isready"*) [ "$(grep -c pg_isready "$NOTES")" -ge "${READY_AFTER:-1}" ] ;;
    *"pg_restore -f /dev/null"*) [ "$(tail -c 3)" = end ] ;;
    *"pg_restore"*) cat >/dev/null ;;
    *"pg_dump"*) printf 'dump %s' "${DUMP_ENDS:-end}" ;;
    *"sh -c "*)
        for script; do :; done
        sh -c "$(printf '%s' "$script" | sed "s#/data#$PHOTOS#")"
        ;;
    *"tar -C /data -xf -"*) tar -C "$PHOTOS" -xf - ;;
esac
"""


class Scripts:
    def __init__(self, folder: Path) -> None:
        self.folder, self.photos = folder, folder / "photos"
        self.photos.mkdir()
        (folder / "compose").write_text(COMPOSE)
        (folder / "compose").chmod(0o755)

    def run(self, script: str, file: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs the script; `commands` are then what it asked of compose."""
        (self.folder / "notes").write_text("")
        environment = {
            "COMPOSE": str(self.folder / "compose"),
            "NOTES": str(self.folder / "notes"),
            "PHOTOS": str(self.photos),
            **more,
        }
        return subprocess.run(
            ["sh", str(ROOT / f"deploy/compose/{script}.sh"), str(file)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def commands(self) -> list[str]:
        return (self.folder / "notes").read_text().splitlines()


def path_with(folder: Path, program: str, script: str) -> str:
    """PATH with a program of ours, which is written into the new `folder`, before all others."""
    folder.mkdir()
    (folder / program).write_text(f"#!/bin/sh\n{script}\n")
    (folder / program).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    return Scripts(tmp_path)


def test_photos_are_restored_with_the_database(scripts: Scripts, tmp_path: Path) -> None:
    (scripts.photos / "portrait").write_bytes(b"picture")
    backup = tmp_path / "backup"
    assert scripts.run("backup", backup).returncode == 0
    assert backup.read_text() == "dump end"
    for file in (backup, tmp_path / "backup.photos.tar"):
        assert file.stat().st_mode & 0o077 == 0
    (scripts.photos / "portrait").unlink()
    assert scripts.run("restore", backup).returncode == 0
    assert (scripts.photos / "portrait").read_bytes() == b"picture"
    assert scripts.commands[-1].startswith("up -d --scale booking=3 gateway identity")


@pytest.mark.parametrize(("status", "kept"), [(1, True), (2, False)])
def test_photo_that_changes_meanwhile_spoils_no_backup(
    scripts: Scripts, tmp_path: Path, status: int, kept: bool
) -> None:
    """GNU tar's status is 1 if a file changed or vanished while it was read, and 2 if it failed."""
    tar = f'{shutil.which("tar")} "$@"\ncase "$*" in *-cf*) exit {status} ;; esac'
    path = path_with(tmp_path / "bin", "tar", tar)
    assert (scripts.run("backup", tmp_path / "backup", PATH=path).returncode == 0) is kept
    assert (tmp_path / "backup.photos.tar").exists() is kept


def test_replicas_are_counted_on_macos_too(scripts: Scripts, tmp_path: Path) -> None:
    """Its wc pads the number with spaces."""
    (tmp_path / "backup").write_text("dump end")
    wc = f'printf "%8d\\n" "$({shutil.which("wc")} "$@")"'
    path = path_with(tmp_path / "bin", "wc", wc)
    assert scripts.run("restore", tmp_path / "backup", PATH=path).returncode == 0
    assert scripts.commands[-1].startswith("up -d --scale booking=3 gateway identity")


def test_incomplete_backup_gets_no_name(scripts: Scripts, tmp_path: Path) -> None:
    assert scripts.run("backup", tmp_path / "backup", DUMP_ENDS="en").returncode != 0
    assert not list(tmp_path.glob("backup*"))


def test_server_is_awaited(scripts: Scripts, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("dump end")
    assert scripts.run("restore", tmp_path / "backup", READY_AFTER="2").returncode == 0
    assert sum("pg_isready" in command for command in scripts.commands) == 2


@pytest.mark.parametrize("bad", ["backup", "backup.photos.tar"])
def test_bad_file_is_refused_before_anything_is_stopped(
    scripts: Scripts, tmp_path: Path, bad: str
) -> None:
    (tmp_path / "backup").write_text("dump end")
    with tarfile.open(tmp_path / "backup.photos.tar", "w") as archive:
        archive.add(scripts.photos, ".")
    (tmp_path / bad).write_text("no backup at all")
    refused = scripts.run("restore", tmp_path / "backup")
    assert refused.returncode == 1
    assert "nothing was changed" in refused.stderr
    assert not [
        command for command in scripts.commands if command.startswith("stop") or "dropdb" in command
    ]
