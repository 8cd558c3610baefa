"""Who runs the servers: neither PostgreSQL nor RabbitMQ should be root, so root lends them a system
user.

That user must be able to reach its files: where a folder on the way is closed (a checkout under
/root, a temporary folder), they live below `/var/lib/consultant-connect`, and a link stands in
their place.
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
    """A user of the system, as a program's process needs it."""

    name: str
    uid: int
    gid: int

    def become(self) -> None:
        """Turn this process into one of that user, for good."""
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)


def lent() -> Account | None:
    """The user to run a server as; None when this process is not root and runs it as itself.

    Raises RuntimeError when root has no way to make a user (macOS): start it as a normal user
    there.
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
    if made.returncode not in (0, 9):  # 9: somebody else made it just now
        raise RuntimeError(f"useradd {NAME} failed: {made.stderr.strip()}")
    return pwd.getpwnam(NAME)


def reaches(account: Account | None, path: pathlib.Path) -> bool:
    """Whether the account may pass through every folder above `path`."""
    return account is None or all(_may_pass(account, parent) for parent in path.resolve().parents)


def _may_pass(account: Account, folder: pathlib.Path) -> bool:
    try:
        status = folder.stat()
    except FileNotFoundError:
        return True  # will be made, with the mode that we give it
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def place(path: pathlib.Path) -> pathlib.Path:
    """Make the folder `path` of the lent account, and return where it really is (see above)."""
    account = lent()
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
    """Delete a folder made by `place`, and the link that stands for it."""
    shutil.rmtree(path.resolve(), ignore_errors=True)
    if path.is_symlink():
        path.unlink()
