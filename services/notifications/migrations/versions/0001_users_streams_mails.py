"""Users, notifications, streams, mails and preferences."""

from alembic import op

revision = "notifications_0001"
down_revision = None


def upgrade() -> None:
    # A user's address may arrive before or after their name; `email` is null until then. The key
    # signs unsubscribe links; the database generates it, so that no reaction can forget to.
    op.execute("""
        create table users (
            user_id uuid primary key,
            role text not null default '',
            first_name text not null default '',
            last_name text not null default '',
            email text,
            email_verified boolean not null default false,
            time_zone text not null default 'UTC',
            is_active boolean not null default true,
            last_sequence bigint,
            address_sequence bigint,
            unsubscribe_key bytea not null default decode(
                replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'
            )
        )
    """)
    op.execute("""
        create table bookings (
            booking_id uuid primary key,
            seeker_id uuid not null,
            consultant_id uuid not null,
            status text not null,
            scheduled_start timestamptz not null,
            scheduled_end timestamptz not null,
            amount bigint not null,
            currency text not null,
            calendar_sequence integer not null default 0,
            is_rated boolean not null default false,
            reminders_for timestamptz,
            last_sequence bigint
        )
    """)
    op.execute(
        "create index ix_bookings_reminders on bookings (scheduled_start)"
        " where status = 'confirmed' and reminders_for is distinct from scheduled_start"
    )
    op.execute("""
        create table early_events (
            event_id uuid primary key,
            booking_id uuid not null,
            type text not null,
            body text not null,
            created_at timestamptz not null
        )
    """)
    op.execute("create index ix_early_events_booking on early_events (booking_id)")
    op.execute("""
        create table message_reads (
            booking_id uuid not null,
            reader_id uuid not null,
            up_to uuid not null,
            primary key (booking_id, reader_id)
        )
    """)
    op.execute("""
        create table notifications (
            id uuid primary key,
            user_id uuid not null,
            type text not null,
            booking_id uuid,
            title text not null,
            body text not null,
            link text not null,
            at timestamptz not null,
            read_at timestamptz
        )
    """)
    op.execute("create index ix_notifications_user on notifications (user_id, id desc)")
    op.execute(
        "create index ix_notifications_unread on notifications (user_id, id desc)"
        " where read_at is null"
    )
    op.execute("create index ix_notifications_at on notifications (at)")
    op.execute("""
        create table stream_positions (
            user_id uuid primary key,
            last_id bigint not null,
            oldest_id bigint not null default 1
        )
    """)
    op.execute("""
        create table stream_events (
            user_id uuid not null,
            id bigint not null,
            event text not null,
            data text not null,
            created_at timestamptz not null,
            primary key (user_id, id)
        )
    """)
    op.execute("create index ix_stream_events_created_at on stream_events (created_at)")
    op.execute("""
        create table ended_sessions (
            id uuid primary key,
            user_id uuid not null,
            session_id text,
            except_session_id text,
            ended_at timestamptz not null
        )
    """)
    op.execute("create index ix_ended_sessions_user on ended_sessions (user_id, ended_at)")
    op.execute("create index ix_ended_sessions_ended_at on ended_sessions (ended_at)")
    # One mail per fact, kind and reader, even after duplicate deliveries.
    op.execute("""
        create table mails (
            id uuid primary key,
            user_id uuid not null,
            kind text not null,
            category text,
            booking_id uuid,
            fact text not null,
            address text,
            context jsonb not null,
            state text not null default 'due'
                check (state in ('due', 'sent', 'failed', 'expired', 'void')),
            due_at timestamptz not null,
            give_up_at timestamptz not null,
            attempts integer not null default 0,
            leased_until timestamptz,
            last_error text,
            created_at timestamptz not null,
            ended_at timestamptz,
            constraint uq_mails_fact unique (fact, kind, user_id),
            constraint ck_mails_ended check ((state = 'due') = (ended_at is null))
        )
    """)
    op.execute("create index ix_mails_due on mails (due_at) where state = 'due'")
    op.execute("create index ix_mails_user_due on mails (user_id) where state = 'due'")
    op.execute("create index ix_mails_booking_due on mails (booking_id) where state = 'due'")
    op.execute("create index ix_mails_sent on mails (user_id, ended_at) where state = 'sent'")
    op.execute("create index ix_mails_ended_at on mails (ended_at) where state <> 'due'")
    op.execute("""
        create table preferences (
            user_id uuid primary key,
            bookings boolean not null,
            reminders boolean not null,
            payments boolean not null,
            messages boolean not null,
            ratings boolean not null
        )
    """)
