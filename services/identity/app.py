"""The composition root of identity: the only module that imports all others."""

from litestar import Litestar, Router

from services.identity.commands.passwords import Passwords
from services.identity.commands.signing_keys import Keyring
from services.identity.jobs import keys_job, resets_job
from services.identity.routes import ROUTES
from services.identity.routes.dependencies import DEPENDENCIES
from services.identity.settings import SETTINGS, IdentitySettings
from services.identity.store.retention import RETENTIONS
from shared.auth import Verifier
from shared.db import Database
from shared.inbox import Reactions
from shared.service import Service, build_service
from shared.settings import load_or_exit

REACTIONS: Reactions = ()


def build(settings: IdentitySettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings. The default `verifier` reads our own keys from the database
    instead of requesting them from ourselves over HTTP.
    """

    def database() -> Database:
        found: Database = application.state.service.database
        return found

    keyring = Keyring(settings, database)
    passwords = Passwords(settings.bcrypt_rounds)
    resets = resets_job(settings, database)

    async def stop(_: Service) -> None:
        passwords.close()

    application = build_service(
        "identity",
        settings,
        [Router("/", route_handlers=ROUTES, dependencies=DEPENDENCIES)],
        REACTIONS,
        [resets, keys_job(settings, keyring)],
        retentions=RETENTIONS,
        provide={"keyring": keyring, "passwords": passwords, "resets": resets},
        verifier=verifier or Verifier("the signing_keys table", fetch=keyring.as_jwks),
        on_stop=stop,
    )
    return application


def app() -> Litestar:
    """The service configured from the environment."""
    return build(load_or_exit(SETTINGS))
