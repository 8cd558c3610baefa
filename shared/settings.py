"""Settings are read from the environment, validated at startup, and never change afterwards."""

import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
Natural = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Switch = Annotated[int, msgspec.Meta(ge=0, le=1)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
# The shortest slot: not longer than the longest, eight hours.
SlotSeconds = Annotated[int, msgspec.Meta(ge=1, le=28_800)]
# The `description` of a type completes "it must be …" in the message about a malformed variable.
PostgresUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^postgres(ql)?://",
        description="an address that begins with postgresql:// or postgres://",
    ),
]
AmqpUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^amqps?://", description="an address that begins with amqp:// or amqps://"
    ),
]
HttpUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://[^/\s]+", description="an address that begins with http:// or https://"
    ),
]
# On one line, for titles, subjects of mails and icons; `$` would let a final line break through.
BrandName = Annotated[
    str,
    msgspec.Meta(
        max_length=60,
        pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]+\Z",
        description="a name on one line, of at most 60 characters",
    ),
]
Color = Annotated[
    str,
    msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}\Z", description="a colour like #0f6b60"),
]
_PORT = r"(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
ListenAddress = Annotated[
    str,
    msgspec.Meta(pattern=rf"^\S+:{_PORT}\Z", description="host:port, with a port up to 65535"),
]
# Exactly these words, so that a misspelt `production` does not switch its safeguards off.
Environment = Annotated[
    Literal["development", "production"], msgspec.Meta(description="development or production")
]
LogLevel = Annotated[
    str,
    msgspec.Meta(
        # `warn` and `fatal` are the logging module's own synonyms.
        pattern=r"^(?i:debug|info|warn|warning|error|fatal|critical)\Z",
        description="debug, info, warning, error or critical",
    ),
]


class BadSettings(Exception):
    """A variable is missing or invalid; the text names it and what it must be, but not its value,
    which may be secret.
    """


class CommonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of every program. `listen` is host:port; URLs have no trailing slash."""

    listen: ListenAddress = "127.0.0.1:0"
    environment: Environment = "development"
    log_level: LogLevel = "info"
    public_url: HttpUrl = "http://localhost:8000"
    identity_url: HttpUrl = (
        "http://127.0.0.1:8101"  # one URL or, comma-separated, those of several replicas
    )
    # How long a process keeps serving after SIGTERM, so that its callers switch to other replicas
    # first.
    drain_seconds: Natural = 3

    @property
    def keys_url(self) -> str:
        """Where identity publishes its keys; several, comma-separated, like `identity_url`."""
        return ",".join(
            f"{url.strip()}/.well-known/jwks.json" for url in self.identity_url.split(",")
        )


class ServiceSettings(CommonSettings, frozen=True, kw_only=True):
    """Settings of every service with a database and a broker. `database_url` logs in as the
    service's own role.
    """

    database_url: PostgresUrl
    amqp_url: AmqpUrl
    # Of each of the two pools of a process.
    database_pool_size: Positive = 8
    sweep_every_seconds: Positive = 30
    # Signs the cursors of lists; the same for all replicas of a service. By default the key is
    # derived from DATABASE_URL, a secret that they already share.
    cursor_secret: str = ""


T = TypeVar("T", bound=msgspec.Struct)


def load(kind: type[T], environment: Mapping[str, str] | None = None) -> T:
    """Reads `kind` from the environment: field `commission_bps` from COMMISSION_BPS; an empty
    variable counts as absent. Raises BadSettings naming every invalid variable.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in msgspec.structs.fields(kind):
        name = field.name.upper()
        text = environment.get(name)
        if text is None or text == "":
            if field.required:
                wrong.append(f"{name} is missing")
            continue
        try:
            values[field.name] = msgspec.convert(text, field.type, strict=False)
        except msgspec.ValidationError as error:
            form = _form(field.type)
            said = f"it must be {form}" if form else error
            wrong.append(f"{name} is malformed: {said}")
    if wrong:
        raise BadSettings("; ".join(wrong))
    return kind(**values)


def _form(kind: Any) -> str | None:
    """The description of a type, which may be one of the members of a union."""
    metadata = getattr(kind, "__metadata__", ())
    own = (one.description for one in metadata if isinstance(one, msgspec.Meta))
    members = (_form(member) for member in get_args(kind))
    return next((form for form in (*own, *members) if form), None)


def load_or_exit(kind: type[T]) -> T:
    """`load` for a program's start: prints in one line what is wrong and exits with status 78
    (EX_CONFIG).
    """
    try:
        return load(kind)
    except BadSettings as error:
        print(f"Cannot start: {error}.", file=sys.stderr)  # noqa: T201
        raise SystemExit(78) from None
