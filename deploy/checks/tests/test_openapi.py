"""The API's description in the repository is what the services' code gives."""

from deploy.openapi import document
from gateway.openapi import DOCUMENT


def test_description_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document(), "make openapi"
