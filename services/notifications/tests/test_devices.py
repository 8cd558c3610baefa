"""What a mail about a sign-in says of the device."""

from __future__ import annotations

import pytest

from services.notifications.mail.devices import device_name
from services.notifications.tests.test_composed_mails import composed, part
from shared.languages import LANGUAGES, Language

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox (Linux)",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge (Windows)",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/142.0 Safari/537.36",
            "Chrome (Android)",
        ),
        (f"Mozilla/5.0 (iPhone; CPU like Mac OS X) {WEBKIT} Safari/604.1", "Safari (iOS)"),
        (
            f"Mozilla/5.0 (iPhone; CPU like Mac OS X) {WEBKIT} CriOS/142.0 Safari/604",
            "Chrome (iOS)",
        ),
        (f"Mozilla/5.0 (iPad; CPU like Mac OS X) {WEBKIT} FxiOS/145.0 Safari/605", "Firefox (iOS)"),
        (f"Mozilla/5.0 (iPhone; CPU like Mac OS X) {WEBKIT} EdgiOS/142.0 Safari/604", "Edge (iOS)"),
        (
            f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/142.0 Safari/537.36 EdgA/142.0",
            "Edge (Android)",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} SamsungBrowser/29.0 Chrome/136.0 Safari/537",
            "Samsung Internet (Android)",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64) {WEBKIT} Chrome/142.0 Safari/537",
            "Chrome (ChromeOS)",
        ),
        ("Firefox/145.0", "Firefox"),
        ("Mozilla/5.0 (Windows NT 10.0)", "Windows"),
        ("curl/8.5.0", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_device_is_called_by_its_browser_and_system(user_agent: str | None, name: str) -> None:
    assert device_name(user_agent) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_signs_in_cannot_write_to_the_owner(language: Language) -> None:
    agent = "Firefox/1 This was our test. Confirm at https://evil.example"
    message = composed(language, kind="account.new_device", user_agent=agent)
    for kind in ("text/plain", "text/html"):
        assert "evil" not in part(message, kind)
        assert "Firefox" in part(message, kind)
