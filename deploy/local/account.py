"""The user that runs the servers: neither PostgreSQL nor RabbitMQ should run as root, so under root
they run as a system user.

That user must be able to reach its files: where a parent folder is not accessible (a checkout under
/root, a temporary folder), they are stored below `/var/lib/consultant-connect`, with a symbolic
link in their place.
"""

import hashlib
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
from typing import NamedTuple

NAME = "consultant-connect"
SHELTER = pathlib.Path("/var/lib/consultant-connect")


class Account(NamedTuple):
    """A system user, as needed to start a process."""

    name: str
    uid: int
    gid: int

    def become(self) -> None:
        """Permanently switch this process to that user."""
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)


def server_user() -> Account | None:
    """The system user that runs the servers; None if this process is not root and runs the server
    itself.

    Raises RuntimeError if root cannot create a user (macOS): there, start it as a normal user.
    """
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam(NAME)
    except KeyError:
        found = _make()
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def _make() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if useradd is None:
        raise RuntimeError(
            "PostgreSQL refuses to run as root, and there is no useradd here to make a user"
            f" {NAME!r}: run this as a normal user instead"
        )
    made = subprocess.run(
        [
            useradd,
            "--system",
            "--no-create-home",
            "--home-dir",
            str(SHELTER),
            "--shell",
            "/bin/false",
            NAME,
        ],
        capture_output=True,
        text=True,
    )
    if made.returncode not in (0, 9):  # 9: another process just created it
        raise RuntimeError(f"useradd {NAME} failed: {made.stderr.strip()}")
    return pwd.getpwnam(NAME)


def reaches(account: Account | None, path: pathlib.Path) -> bool:
    """Whether the account may traverse every parent folder of `path`."""
    return account is None or all(_may_pass(account, parent) for parent in path.resolve().parents)


def _may_pass(account: Account, folder: pathlib.Path) -> bool:
    try:
        status = folder.stat()
    except FileNotFoundError:
        return True  # will be created with our mode
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def folder_at(path: pathlib.Path) -> pathlib.Path:
    """Create the folder `path` for the system user, and return its real location (see above)."""
    account = server_user()
    path.parent.mkdir(parents=True, exist_ok=True)
    real = path.resolve()
    if not reaches(account, real):
        real = SHELTER / hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
        SHELTER.mkdir(mode=0o755, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(real)
    real.mkdir(parents=True, exist_ok=True)
    if account:
        os.chown(real, account.uid, account.gid)
    real.chmod(0o700)
    return real


def remove(path: pathlib.Path) -> None:
    """Delete a folder created by `folder_at`, and the link to it."""
    shutil.rmtree(path.resolve(), ignore_errors=True)
    if path.is_symlink():
        path.unlink()
