"""Numbers the events of each aggregate, 1, 2, 3 …, in a trigger.

A trigger rather than code, so that every statement that inserts into the outbox is covered, even
those that insert several rows, and replicas of the previous version number their events too. The
upsert locks the aggregate's counter until the transaction ends, so the numbers follow the order of
commits.
"""

import sqlalchemy as sa
from alembic import op

revision = "shared_0002"
down_revision = "shared_0001"


def upgrade() -> None:
    schema = op.get_bind().execute(sa.text("select quote_ident(current_schema())")).scalar_one()
    op.execute("""
        create table aggregate_sequences (
            aggregate_id uuid primary key,
            last_sequence bigint not null
        )
    """)
    op.execute("alter table outbox add column sequence bigint")
    op.execute("""
        update outbox set sequence = numbered.sequence from (
            select position,
                row_number() over (partition by aggregate_id order by position) as sequence
            from outbox
        ) numbered where numbered.position = outbox.position
    """)
    op.execute("""
        insert into aggregate_sequences (aggregate_id, last_sequence)
        select aggregate_id, max(sequence) from outbox group by aggregate_id
    """)
    op.execute("alter table outbox alter column sequence set not null")
    op.execute(f"""
        create function number_event() returns trigger language plpgsql as $$
        begin
            insert into {schema}.aggregate_sequences as s (aggregate_id, last_sequence)
            values (new.aggregate_id, 1)
            on conflict (aggregate_id) do update set last_sequence = s.last_sequence + 1
            returning s.last_sequence into new.sequence;
            return new;
        end $$
    """)  # noqa: S608 (a schema's name, quoted)
    op.execute(
        "create trigger number_event before insert on outbox"
        " for each row execute function number_event()"
    )


def downgrade() -> None:
    op.execute("drop trigger number_event on outbox")
    op.execute("drop function number_event")
    op.execute("alter table outbox drop column sequence")
    op.execute("drop table aggregate_sequences")
