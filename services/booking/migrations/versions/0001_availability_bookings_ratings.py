"""Availability, bookings with their timeline and ratings, and what booking knows of people and
prices.
"""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        create table availability_slots (
            id uuid primary key,
            consultant_id uuid not null,
            start_time timestamptz not null,
            end_time timestamptz not null,
            is_booked boolean not null default false,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            constraint ck_availability_slots_order check (start_time < end_time),
            constraint slots_do_not_overlap
                exclude using gist (consultant_id with =, tstzrange(start_time, end_time) with &&)
        )
    """)
    # is_booked is in no index and the pages have room: taking a slot rewrites its row in place
    # (a HOT update), whereas every new version would otherwise go into the GiST index again.
    op.execute("alter table availability_slots set (fillfactor = 70)")
    op.execute(
        "create index ix_availability_slots_times"
        " on availability_slots (consultant_id, start_time, id)"
    )

    op.execute("""
        create table parties (
            id uuid primary key,
            role text not null check (role in ('seeker', 'consultant')),
            first_name text not null,
            last_name text not null,
            is_active boolean not null default true,
            heard uuid
        )
    """)
    op.execute("""
        create table terms (
            consultant_id uuid primary key,
            hourly_rate bigint not null check (hourly_rate > 0),
            currency text not null check (length(currency) = 3),
            heard uuid not null
        )
    """)

    op.execute("""
        create table bookings (
            id uuid primary key,
            seeker_id uuid not null,
            consultant_id uuid not null,
            slot_id uuid not null,
            status text not null,
            message text check (length(message) <= 2000),
            scheduled_start timestamptz not null,
            scheduled_end timestamptz not null,
            session_start_time timestamptz,
            session_end_time timestamptz,
            duration_seconds integer check (duration_seconds >= 0),
            respond_by timestamptz not null,
            amount bigint not null check (amount >= 0),
            currency text not null check (length(currency) = 3),
            commission_bps integer not null check (commission_bps between 0 and 10000),
            commission_amount bigint not null check (commission_amount between 0 and amount),
            free_period_seconds integer not null,
            cancel_free_seconds integer not null,
            late_cancel_bps integer not null check (late_cancel_bps between 0 and 10000),
            payment_grace_seconds integer not null,
            payment_status text not null default 'none',
            payment_intent_id text,
            payment_failure text,
            payment_deadline timestamptz,
            payment_attempt integer not null default 0,
            payment_heard uuid,
            cancelled_by text check (cancelled_by in ('seeker', 'consultant', 'system')),
            cancellation_fee bigint check (cancellation_fee between 0 and amount),
            reason text check (length(reason) <= 500),
            created_at timestamptz not null,
            updated_at timestamptz not null,
            constraint ck_bookings_order check (scheduled_start < scheduled_end),
            constraint ck_bookings_two_people check (seeker_id <> consultant_id),
            constraint ck_bookings_status check (status in (
                'requested', 'accepted', 'payment_failed', 'confirmed', 'in_progress',
                'completed', 'declined', 'expired', 'cancelled', 'no_show')),
            constraint ck_bookings_payment_status check (payment_status in (
                'none', 'authorizing', 'authorized', 'failed', 'captured',
                'released', 'refunded', 'disputed')),
            constraint ck_bookings_payment_failure check (payment_failure in (
                'card_declined', 'insufficient_funds', 'expired_card', 'authentication_required',
                'no_payment_method', 'processing_error')),
            constraint ck_bookings_failed_has_deadline
                check (status <> 'payment_failed' or payment_deadline is not null),
            constraint ck_bookings_begun_has_start
                check (status not in ('in_progress', 'completed')
                    or session_start_time is not null),
            constraint ck_bookings_completed_has_end
                check (status <> 'completed'
                    or (session_end_time is not null and duration_seconds is not null)),
            constraint ck_bookings_cancelled_by
                check (status <> 'cancelled'
                    or (cancelled_by is not null and cancellation_fee is not null)),
            constraint consultant_is_free
                exclude using gist (consultant_id with =,
                    tstzrange(scheduled_start, scheduled_end) with &&)
                where (status in ('requested', 'accepted', 'payment_failed', 'confirmed',
                    'in_progress')),
            constraint seeker_is_free
                exclude using gist (seeker_id with =,
                    tstzrange(scheduled_start, scheduled_end) with &&)
                where (status in ('requested', 'accepted', 'payment_failed', 'confirmed',
                    'in_progress'))
        )
    """)
    op.execute("create index ix_bookings_seeker on bookings (seeker_id, id desc)")
    op.execute("create index ix_bookings_consultant on bookings (consultant_id, id desc)")
    # One per deadline, so that a sweep that finds nothing costs nothing.
    op.execute(
        "create index ix_bookings_unanswered on bookings (respond_by) where status = 'requested'"
    )
    op.execute(
        "create index ix_bookings_unauthorised on bookings (scheduled_start)"
        " where status = 'accepted'"
    )
    op.execute(
        "create index ix_bookings_unpaid on bookings (payment_deadline)"
        " where status = 'payment_failed'"
    )
    op.execute(
        "create index ix_bookings_unstarted on bookings (scheduled_end) where status = 'confirmed'"
    )
    op.execute(
        "create index ix_bookings_unended on bookings (scheduled_end) where status = 'in_progress'"
    )

    op.execute("""
        create table ratings (
            booking_id uuid primary key references bookings (id),
            score smallint not null constraint ck_ratings_score check (score between 1 and 5),
            comment text check (length(comment) <= 2000),
            created_at timestamptz not null
        )
    """)
    # No foreign key: lines are only written while the booking's row is locked, nobody deletes a
    # booking, and the check would cost every request a tenth of the database's time.
    op.execute("""
        create table timeline (
            position bigint generated always as identity primary key,
            booking_id uuid not null,
            at timestamptz not null,
            actor text not null check (actor in ('seeker', 'consultant', 'system')),
            event text not null,
            detail jsonb not null
        )
    """)
    op.execute("create index ix_timeline_booking on timeline (booking_id, position)")
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only', tg_table_name;
        end $$
    """)
    op.execute(
        "create trigger append_only before update or delete on timeline"
        " for each row execute function refuse_change()"
    )

    # A queue of consultants whose free time has changed: commands only ever add, so that none
    # waits for another.
    op.execute("""
        create table free_time_changes (
            position bigint generated always as identity primary key,
            consultant_id uuid not null
        )
    """)
    op.execute(
        "alter table free_time_changes set"
        " (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000)"
    )
    op.execute("create index ix_free_time_changes_consultant on free_time_changes (consultant_id)")
    op.execute("""
        create table free_time_feed (
            consultant_id uuid primary key,
            version bigint not null,
            due_at timestamptz not null
        )
    """)


def downgrade() -> None:
    op.execute(
        "drop table free_time_feed, free_time_changes, timeline, ratings, bookings, terms, parties,"
        " availability_slots"
    )
    op.execute("drop function refuse_change")
