"""The projection of identity's users is called `users`, as in every service, and knows whether an
address is verified; steps carry a `request_context`.

A view keeps the former name of the table for the version before, whose statements work through it.
The column `trail` stays for it as well; what it wrote there is read until all such steps are done.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("alter table people rename to users")
    op.execute("create view people as select * from users")
    op.execute("alter table users add column email_verified boolean not null default false")
    op.execute("alter table operations add column request_context jsonb")


def downgrade() -> None:
    op.execute("alter table operations drop column request_context")
    op.execute("drop view people")
    op.execute("alter table users drop column email_verified")
    op.execute("alter table users rename to people")
