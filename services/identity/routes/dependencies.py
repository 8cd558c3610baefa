"""What handlers declare as parameters, beside `db` and `reader`."""

from __future__ import annotations

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from services.identity.commands.passwords import Passwords
from services.identity.commands.signing_keys import Keyring
from services.identity.settings import IdentitySettings
from shared.db import Database
from shared.jobs import Job


class Client(Struct, frozen=True):
    """Where a request comes from."""

    address: str | None
    user_agent: str | None


Settings = NamedDependency[IdentitySettings]
Pool = NamedDependency[Database]
Hasher = NamedDependency[Passwords]
Keys = NamedDependency[Keyring]
Resets = NamedDependency[Job]
From = NamedDependency[Client]


def provide_settings(state: State) -> IdentitySettings:
    """`settings`: what the operator has set."""
    settings: IdentitySettings = state.settings
    return settings


def provide_pool(state: State) -> Database:
    """`pool`: for commands that compute between two transactions."""
    database: Database = state.service.database
    return database


def provide_passwords(state: State) -> Passwords:
    """`passwords`: hashes and compares them."""
    passwords: Passwords = state.passwords
    return passwords


def provide_keyring(state: State) -> Keyring:
    """`keyring`: signs access tokens."""
    keyring: Keyring = state.keyring
    return keyring


def provide_resets(state: State) -> Job:
    """`resets`: the job that sends password resets."""
    job: Job = state.resets
    return job


def provide_client(request: Request[object, object, State]) -> Client:
    """`client`: the address is the last element of X-Forwarded-For, which the gateway has appended;
    the others are the client's own words.
    """
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded[:64] or (request.client.host if request.client else None)
    return Client(address, request.headers.get("user-agent"))


DEPENDENCIES = {
    "settings": Provide(provide_settings, sync_to_thread=False),
    "pool": Provide(provide_pool, sync_to_thread=False),
    "passwords": Provide(provide_passwords, sync_to_thread=False),
    "keyring": Provide(provide_keyring, sync_to_thread=False),
    "resets": Provide(provide_resets, sync_to_thread=False),
    "client": Provide(provide_client, sync_to_thread=False),
}
