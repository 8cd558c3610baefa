"""What clients send and get, by noun. Instants are in UTC."""

import msgspec


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request's body."""
