"""Every process publishes its own commits; events it left behind are published by others after some
seconds.

NOTIFY is removed, because PostgreSQL serialises all commits that notify. In the meantime a replica
of the previous version, which listens, finds its rows by its poll every two seconds.
"""

from alembic import op

revision = "shared_0003"
down_revision = "shared_0002"


def upgrade() -> None:
    op.execute("drop trigger wake_relay on outbox")
    op.execute("drop function wake_relay")
    # now() is the transaction's start by the database's clock: replicas' clocks may differ.
    op.execute("""
        alter table outbox
            add column written_at timestamptz not null default now(),
            add column refusals smallint not null default 0,
            add column retry_at timestamptz
    """)
    op.execute("""
        create table refused_events (
            event_id uuid primary key,
            type text not null,
            aggregate_id uuid not null,
            sequence bigint not null,
            body bytea not null,
            correlation_id text,
            causation_id text,
            traceparent text,
            created_at timestamptz not null,
            reason text not null,
            refused_at timestamptz not null default now()
        )
    """)


def downgrade() -> None:
    op.execute("drop table refused_events")
    op.execute("""
        alter table outbox drop column written_at, drop column refusals, drop column retry_at
    """)
    op.execute("""
        create function wake_relay() returns trigger language plpgsql as $$
        begin
            perform pg_notify(tg_table_schema || '_outbox', '');
            return null;
        end $$
    """)
    op.execute("""
        create trigger wake_relay after insert on outbox
        for each statement execute function wake_relay()
    """)
