"""Presence, messages, replies to ratings, proposals of another time, and the waitlist.

The exclusion constraints hold, beside a booking's own time, the one that is proposed for it; the
consultant's also the pause after it (`blocked_until`, `proposed_blocked_until`).
"""

from alembic import op

revision = "0004"
down_revision = "0003"

LIVE = "status in ('requested', 'accepted', 'payment_failed', 'confirmed', 'in_progress')"
CONSULTANT_TIMES = """
    tstzmultirange(
        tstzrange(scheduled_start, coalesce(blocked_until, scheduled_end)),
        case when proposed_start is null then 'empty'::tstzrange
            else tstzrange(proposed_start, coalesce(proposed_blocked_until, proposed_end)) end
    )
"""
SEEKER_TIMES = """
    tstzmultirange(
        tstzrange(scheduled_start, scheduled_end),
        case when proposed_start is null then 'empty'::tstzrange
            else tstzrange(proposed_start, proposed_end) end
    )
"""


def upgrade() -> None:
    op.execute("""
        alter table bookings
            add column room text not null default replace(gen_random_uuid()::text, '-', ''),
            add column calendar_sequence integer not null default 0,
            add column joint_seconds integer check (joint_seconds >= 0),
            add column absent text check (absent in ('seeker', 'consultant', 'both')),
            add column seeker_unread integer not null default 0 check (seeker_unread >= 0),
            add column consultant_unread integer not null default 0
                check (consultant_unread >= 0),
            add column blocked_until timestamptz,
            add column proposed_by text check (proposed_by in ('seeker', 'consultant')),
            add column proposed_slot_id uuid,
            add column proposed_start timestamptz,
            add column proposed_end timestamptz,
            add column proposed_blocked_until timestamptz,
            add column proposal_message text check (length(proposal_message) <= 2000),
            add column proposal_expires_at timestamptz,
            add constraint ck_bookings_proposal_is_whole check (
                num_nonnulls(proposed_by, proposed_slot_id, proposed_start, proposed_end,
                    proposal_expires_at) in (0, 5)),
            add constraint ck_bookings_blocked_after_end check (
                blocked_until >= scheduled_end and proposed_blocked_until >= proposed_end)
    """)
    for name, whose, times in (
        ("consultant_is_free", "consultant_id", CONSULTANT_TIMES),
        ("seeker_is_free", "seeker_id", SEEKER_TIMES),
    ):
        op.execute(f"alter table bookings drop constraint {name}")
        op.execute(
            f"alter table bookings add constraint {name}"
            f" exclude using gist ({whose} with =, ({times}) with &&) where ({LIVE})"
        )
    op.execute("""
        create index ix_bookings_proposals on bookings (proposal_expires_at)
            where proposal_expires_at is not null
    """)

    # One row per booking, rewritten in place by heartbeats: nothing but the key is indexed.
    op.execute("""
        create table presences (
            booking_id uuid primary key references bookings (id),
            accounted_until timestamptz not null,
            joint_microseconds bigint not null check (joint_microseconds >= 0),
            seeker_since timestamptz,
            seeker_until timestamptz,
            seeker_microseconds bigint not null,
            consultant_since timestamptz,
            consultant_until timestamptz,
            consultant_microseconds bigint not null
        ) with (fillfactor = 50)
    """)

    op.execute("""
        create table messages (
            id uuid primary key,
            booking_id uuid not null references bookings (id),
            author text not null check (author in ('seeker', 'consultant')),
            body text not null check (length(body) between 1 and 4000),
            created_at timestamptz not null,
            read_at timestamptz
        )
    """)
    op.execute("create index ix_messages_booking on messages (booking_id, id)")

    op.execute("""
        alter table ratings
            add column reply text check (length(reply) between 1 and 1000),
            add column replied_at timestamptz,
            add constraint ck_ratings_reply_is_whole check ((reply is null) = (replied_at is null))
    """)

    op.execute("""
        create table waitlist_entries (
            id uuid primary key,
            seeker_id uuid not null,
            consultant_id uuid not null,
            from_time timestamptz not null,
            to_time timestamptz not null,
            created_at timestamptz not null,
            told_at timestamptz,
            constraint uq_waitlist_entries_seeker_consultant unique (seeker_id, consultant_id),
            constraint ck_waitlist_entries_order check (from_time < to_time)
        )
    """)
    op.execute("create index ix_waitlist_entries_line on waitlist_entries (consultant_id, id)")
    op.execute("create index ix_waitlist_entries_to on waitlist_entries (to_time)")
    # When somebody who waits was last told that the slot is free.
    op.execute("alter table availability_slots add column waitlist_told_at timestamptz")


def downgrade() -> None:
    op.execute("alter table availability_slots drop column waitlist_told_at")
    op.execute("drop table waitlist_entries, messages, presences")
    op.execute("alter table ratings drop column reply, drop column replied_at")
    op.execute("drop index ix_bookings_proposals")
    for name, whose in (("consultant_is_free", "consultant_id"), ("seeker_is_free", "seeker_id")):
        op.execute(f"alter table bookings drop constraint {name}")
        op.execute(
            f"alter table bookings add constraint {name} exclude using gist"
            f" ({whose} with =, tstzrange(scheduled_start, scheduled_end) with &&) where ({LIVE})"
        )
    for column in (
        "room", "calendar_sequence", "joint_seconds", "absent", "seeker_unread",
        "consultant_unread", "blocked_until", "proposed_by", "proposed_slot_id", "proposed_start",
        "proposed_end", "proposed_blocked_until", "proposal_message", "proposal_expires_at",
    ):  # fmt: skip
        op.execute(f"alter table bookings drop column {column}")
