"""Drops what 0002 and 0003 kept for the versions before them: the columns with the id of the last
event, which a sequence replaced, and the views with the former names of two projections.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
# Code older than 0003 still uses the former names.
usable_from = "0003"


def upgrade() -> None:
    op.execute("drop view parties, terms")
    op.execute("alter table users drop column heard")
    op.execute("alter table consultant_prices drop column heard")
    op.execute("alter table bookings drop column payment_heard")


def downgrade() -> None:
    op.execute("alter table bookings add column payment_heard uuid")
    op.execute("alter table consultant_prices add column heard uuid")
    op.execute("alter table users add column heard uuid")
    op.execute("create view parties as select * from users")
    op.execute("create view terms as select * from consultant_prices")
