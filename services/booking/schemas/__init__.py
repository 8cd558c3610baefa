"""Request and response bodies of the booking API, one module per noun. Instants are in UTC."""

import msgspec


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base class of request bodies."""
