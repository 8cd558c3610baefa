"""Names of devices in mails about sign-ins."""

from __future__ import annotations

# What identifies a browser or a system in a User-Agent, and its name. The first one counts: Edge,
# Opera and others call themselves Chrome too, and all but Firefox call themselves Safari. On iOS
# some have another sign. `web/src/features/session/device.ts` has the same names.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str | None) -> str:
    """`Firefox (Linux)`; empty if neither is known. Nothing of `user_agent` itself is shown: the
    reader is warned of whoever signs in, who can write anything there.
    """
    browser, system = (
        next((name for sign, name in known if sign in (user_agent or "")), "")
        for known in (_BROWSERS, _SYSTEMS)
    )
    return f"{browser} ({system})" if browser and system else browser or system
