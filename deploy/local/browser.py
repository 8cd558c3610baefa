"""Chromium, for the web app's stories and for Lighthouse."""

import pathlib
import shutil

from deploy.local import packages
from deploy.local.steps import Failed

# The headless shell comes first: the stories take two thirds of the time in it.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Text needs a font, and minimal systems have none.
_PACKAGES = (["chromium-headless-shell", "fonts-liberation"], ["chromium", "fonts-liberation"])


def installed() -> str | None:
    """Where the system's browser is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure(log: pathlib.Path) -> str | None:
    """The system's browser. On Debian it is installed if missing and permitted; None if that fails,
    and `log` has the reason.
    """
    for wanted in _PACKAGES if packages.may_install() else ():
        if installed() is not None:
            break
        try:
            packages.install(wanted, log)
        except Failed:
            continue
    return installed()
