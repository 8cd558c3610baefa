"""What Stripe is answered."""

from __future__ import annotations

import msgspec


class Received(msgspec.Struct, frozen=True):
    """The event is stored; Stripe need not send it again."""

    received: bool
