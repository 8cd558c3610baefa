"""The composition root of identity: the only module that imports all others."""

from litestar import Litestar

from services.identity.commands.passwords import Passwords
from services.identity.commands.signing_keys import Keyring
from services.identity.jobs import scheduled_jobs
from services.identity.routes import ROUTES
from services.identity.settings import IdentitySettings
from services.identity.store.retention import RETENTIONS
from shared.auth import Verifier
from shared.inbox import Reactions
from shared.service import Service, build_application
from shared.settings import load_or_exit
from shared.signals import WakeSignal

SETTINGS = IdentitySettings
REACTIONS: Reactions = ()


def build(settings: IdentitySettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings. The default `verifier` reads our own keys from the database
    instead of requesting them from ourselves over HTTP.
    """
    service = Service("identity", settings, REACTIONS, retentions=RETENTIONS)
    keyring = Keyring(settings, service.database)
    passwords = Passwords(settings.bcrypt_rounds)
    resets = WakeSignal[[]]()
    service.schedule(*scheduled_jobs(settings, service.database, keyring, resets))

    async def stop() -> None:
        passwords.close()

    return build_application(
        service,
        ROUTES,
        provide={"keyring": keyring, "passwords": passwords, "resets": resets},
        verifier=verifier or Verifier("the signing_keys table", fetch=keyring.as_jwks),
        on_stop=stop,
    )


def app() -> Litestar:
    """The service configured from the environment."""
    return build(load_or_exit(SETTINGS))
