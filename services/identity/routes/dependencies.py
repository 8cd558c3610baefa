"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from __future__ import annotations

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from services.identity.commands.passwords import Passwords
from services.identity.commands.signing_keys import Keyring
from services.identity.settings import IdentitySettings
from shared.languages import Language, preferred_language
from shared.signals import WakeSignal


class Client(Struct, frozen=True):
    """The client of a request. `language` is the one that it prefers among ours."""

    address: str | None
    user_agent: str | None
    language: Language | None


Settings = NamedDependency[IdentitySettings]
# Hashes and compares passwords, declared as `passwords`.
Hasher = NamedDependency[Passwords]
# Signs access tokens, declared as `keyring`.
Keys = NamedDependency[Keyring]
# Wakes the job that sends password resets.
Resets = NamedDependency[WakeSignal[[]]]
From = NamedDependency[Client]


def provide_client(request: Request[object, object, State]) -> Client:
    """`client`: its address is the last element of X-Forwarded-For, which the gateway appended; the
    earlier ones are supplied by the client.
    """
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded[:64] or (request.client.host if request.client else None)
    language = preferred_language(request.headers.get("accept-language"))
    return Client(address, request.headers.get("user-agent"), language)


DEPENDENCIES = {"client": Provide(provide_client, sync_to_thread=False)}
