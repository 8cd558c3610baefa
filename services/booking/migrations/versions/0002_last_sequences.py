"""What is stale is told by an event's sequence in its aggregate; ids of events no longer matter.

`heard` and `payment_heard` stay for the version before, which still reads and writes them.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table, column, former in (
        ("parties", "last_sequence", "heard"),
        ("terms", "last_sequence", "heard"),
        ("bookings", "last_payment_sequence", "payment_heard"),
    ):
        op.execute(f"alter table {table} add column {column} bigint")
        # Known, and older than everything that is numbered.
        op.execute(f"update {table} set {column} = 0 where {former} is not null")  # noqa: S608
    op.execute("alter table terms alter column heard drop not null")


def downgrade() -> None:
    op.execute("alter table parties drop column last_sequence")
    op.execute("alter table terms drop column last_sequence")
    op.execute("alter table bookings drop column last_payment_sequence")
