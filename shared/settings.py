"""Settings are read from the environment, validated at startup, and never change afterwards."""

import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
Natural = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Switch = Annotated[int, msgspec.Meta(ge=0, le=1)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
# The shortest slot: not longer than the longest, eight hours.
SlotSeconds = Annotated[int, msgspec.Meta(ge=1, le=28_800)]
PostgresUrl = Annotated[str, msgspec.Meta(pattern=r"^postgres(ql)?://")]
AmqpUrl = Annotated[str, msgspec.Meta(pattern=r"^amqps?://")]
HttpUrl = Annotated[str, msgspec.Meta(pattern=r"^https?://[^/\s]+")]
# On one line, for titles, subjects of mails and icons; `$` would let a final line break through.
BrandName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]+\Z")]
ListenAddress = Annotated[str, msgspec.Meta(pattern=r"^\S+:\d+$")]


class BadSettings(Exception):
    """A variable is missing or invalid; the text names it and what it must be, but not its value,
    which may be secret.
    """


class CommonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of every program. `listen` is host:port; URLs have no trailing slash."""

    listen: ListenAddress = "127.0.0.1:0"
    environment: str = "development"
    log_level: str = "info"
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
            wrong.append(f"{name} is malformed: {error}")
    if wrong:
        raise BadSettings("; ".join(wrong))
    return kind(**values)


def load_or_exit(kind: type[T]) -> T:
    """`load` for a program's start: prints in one line what is wrong and exits with status 78
    (EX_CONFIG).
    """
    try:
        return load(kind)
    except BadSettings as error:
        print(f"Cannot start: {error}.", file=sys.stderr)  # noqa: T201
        raise SystemExit(78) from None
