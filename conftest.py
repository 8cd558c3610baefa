"""Fixtures for every test of the project."""

from hypothesis import settings

pytest_plugins = ["shared.testing"]

# How long an example takes depends on how busy the machine is.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
