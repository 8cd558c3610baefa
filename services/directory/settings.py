"""What directory reads from its environment."""

from shared.settings import ServiceSettings


class DirectorySettings(ServiceSettings, frozen=True, kw_only=True):
    """Nothing of its own: the search has no knob that an operator could turn to good effect."""
