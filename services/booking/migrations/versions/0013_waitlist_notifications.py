"""Which seekers on a waitlist were notified of which slots. With one time per seeker, whoever was
notified of one slot never heard of another that had become free before that.
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # No reference to the slots: it would lock those that new rules delete at the same time, in
    # another order. A row is deleted with its entry.
    op.execute("""
        create table waitlist_notifications (
            entry_id uuid not null references waitlist_entries on delete cascade,
            slot_id uuid not null,
            notified_at timestamptz not null,
            primary key (entry_id, slot_id)
        )
    """)
    # Nobody hears again of what they would not have heard of from the version before.
    op.execute("""
        insert into waitlist_notifications (entry_id, slot_id, notified_at)
        select e.id, s.id, e.told_at from waitlist_entries e
            join availability_slots s on s.consultant_id = e.consultant_id
                and s.start_time >= e.from_time and s.end_time <= e.to_time
                and s.updated_at <= e.told_at and not s.is_booked
    """)


def downgrade() -> None:
    op.execute("drop table waitlist_notifications")
