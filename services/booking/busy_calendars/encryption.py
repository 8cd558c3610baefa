"""Addresses of calendars are secrets, because anyone who has one can read the calendar. They are
encrypted before they are stored.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.booking.busy_calendars.errors import UnreadableCalendar


class AddressCipher:
    """Encrypts with the first of `secrets`, decrypts with any of them, so that one can be replaced
    by another.
    """

    def __init__(self, *secrets: str) -> None:
        self._fernet = MultiFernet([Fernet(_key(secret)) for secret in secrets])

    def encrypt(self, address: str) -> bytes:
        """Encrypts an address for storage."""
        return self._fernet.encrypt(address.encode())

    def decrypt(self, stored: bytes) -> str:
        """Decrypts a stored address. Raises UnreadableCalendar if none of the secrets can decrypt
        it.
        """
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken:
            raise UnreadableCalendar(
                "The address cannot be decrypted any more. Add the calendar again."
            ) from None


def _key(secret: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"busy calendars").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
