"""Leases for work that one replica is enough for; an index for deleting old deliveries in batches
(the block ranges of the previous one lose their order as space is reused); and events replayed by
an operator keep their original sequence.
"""

import sqlalchemy as sa
from alembic import op

revision = "shared_0004"
down_revision = "shared_0003"


def upgrade() -> None:
    schema = op.get_bind().execute(sa.text("select quote_ident(current_schema())")).scalar_one()
    op.execute(f"""
        create or replace function number_event() returns trigger language plpgsql as $$
        begin
            if new.sequence is null then
                insert into {schema}.aggregate_sequences as s (aggregate_id, last_sequence)
                values (new.aggregate_id, 1)
                on conflict (aggregate_id) do update set last_sequence = s.last_sequence + 1
                returning s.last_sequence into new.sequence;
            end if;
            return new;
        end $$
    """)  # noqa: S608 (a schema's name, quoted)
    op.execute("""
        create table leases (
            name text primary key,
            holder uuid not null,
            expires_at timestamptz not null
        )
    """)
    op.execute("drop index ix_inbox_handled_at")
    op.execute("create index ix_inbox_handled_at on inbox (handled_at)")


def downgrade() -> None:
    op.execute("drop index ix_inbox_handled_at")
    op.execute("create index ix_inbox_handled_at on inbox using brin (handled_at)")
    op.execute("drop table leases")
