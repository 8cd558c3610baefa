"""The comparison key of addresses has the domain in its own script: an account opened with
`xn--mnchen-3ya.example` is also found by `münchen.example`.

If both were registered, the accounts stay separate, each found as it was written. The previous
version works with this schema, but does not find the few accounts whose key has changed.
"""

import idna
import sqlalchemy
from alembic import op

revision = "identity_0003"
down_revision = "identity_0002"

_KEYS = "select id, email_key from users where email_key ~ '[@.]xn--' order by id"
_UPDATE = """
    update users set email_key = :key where id = :id
    and not exists (select from users other where other.email_key = :key)
"""


def upgrade() -> None:
    connection = op.get_bind()
    for user_id, key in connection.execute(sqlalchemy.text(_KEYS)).all():
        local, _, domain = key.rpartition("@")
        new = f"{local}@{'.'.join(map(_readable, domain.split('.')))}"
        connection.execute(sqlalchemy.text(_UPDATE), {"id": user_id, "key": new})


def _readable(label: str) -> str:
    try:
        return idna.ulabel(label) if label.startswith("xn--") else label
    except (idna.IDNAError, UnicodeError):
        return label
