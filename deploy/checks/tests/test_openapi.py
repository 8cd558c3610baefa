"""The committed API description matches the services' code."""

from deploy.openapi import document
from gateway.openapi import DOCUMENT


def test_description_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document(), "make openapi"
