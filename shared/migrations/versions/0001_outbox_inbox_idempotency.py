"""Outbox, inbox and idempotency keys: the same in every service's schema (selected by the search
path).
"""

from alembic import op

revision = "shared_0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        create table outbox (
            position bigint generated always as identity primary key,
            event_id uuid not null unique,
            type text not null,
            aggregate_id uuid not null,
            body bytea not null,
            correlation_id text,
            causation_id text,
            traceparent text,
            created_at timestamptz not null
        )
    """)
    # A queue: rows are constantly added and removed, so vacuum it early.
    op.execute(
        "alter table outbox set"
        " (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000)"
    )
    op.execute("""
        create function wake_relay() returns trigger language plpgsql as $$
        begin
            perform pg_notify(tg_table_schema || '_outbox', '');
            return null;
        end $$
    """)
    op.execute(
        "create trigger wake_relay after insert on outbox"
        " for each statement execute function wake_relay()"
    )
    op.execute("""
        create table inbox (
            event_id uuid not null,
            reaction text not null,
            handled_at timestamptz not null,
            primary key (event_id, reaction)
        )
    """)
    op.execute("create index ix_inbox_handled_at on inbox using brin (handled_at)")
    op.execute("""
        create table idempotency_keys (
            user_id uuid not null,
            key text not null check (length(key) between 1 and 255),
            fingerprint bytea not null,
            status smallint,
            body bytea,
            created_at timestamptz not null,
            primary key (user_id, key)
        )
    """)
    op.execute("create index ix_idempotency_keys_created_at on idempotency_keys (created_at)")


def downgrade() -> None:
    op.execute("drop table idempotency_keys, inbox, outbox")
    op.execute("drop function wake_relay")
