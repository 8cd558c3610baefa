"""packages.sh: of Babel's locale data, an image keeps what mails need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import babel.localedata

ROOT = Path(__file__).parents[3]
FORMAT_EVERYTHING = """
import sys
from datetime import UTC, datetime, timedelta
import babel.localedata
babel.localedata._dirname = sys.argv[1]
from services.notifications.mail.formats import Formats
from shared.languages import LANGUAGES
at = datetime(2026, 12, 1, 13, tzinfo=UTC)
for language in LANGUAGES:
    formats = Formats(language, "Europe/Berlin")
    print(formats.span(at, at + timedelta(hours=1)))
    print(formats.instant(at), formats.money(6000, "usd"), formats.duration(3900))
"""


def formatted(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FORMAT_EVERYTHING, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_what_is_kept_is_little_and_enough_for_every_language(tmp_path: Path) -> None:
    complete = Path(babel.localedata._dirname)
    kept = tmp_path / "venv" / "babel" / "locale-data"
    kept.mkdir(parents=True)
    for file in complete.iterdir():
        (kept / file.name).symlink_to(file)
    script = (ROOT / "deploy/compose/packages.sh").read_text()
    (command,) = [line for line in script.splitlines() if "locale-data" in line]
    subprocess.run(["sh", "-c", command.replace("/venv", f"{tmp_path}/venv", 1)], check=True)
    size = sum(file.stat().st_size for file in kept.iterdir())
    assert 0 < size < sum(file.stat().st_size for file in complete.iterdir()) / 15
    assert formatted(kept) == formatted(complete)
