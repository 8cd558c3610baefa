-- Years of bookings, with their slots, timelines, payments, payouts and ledger, as the services' own commands and reactions would
-- have left them. Run by the administrator in a transaction; read from the session's settings:
--   history.bookings     how many
--   history.each         how many of them each consultant has; a seeker has a fifth of that
--   history.seekers, history.consultants    ids, as uuid[], of people with accounts who take the first places among them
-- Each consultant's last one is confirmed and yet to come; half of all have a payment.
set local session_replication_role = replica; -- the rows agree with each other: no trigger need look at them
set local synchronous_commit = off;
set local work_mem = '256MB';
set local maintenance_work_mem = '1GB';

create function pg_temp.id(kind text, number bigint) returns uuid language sql immutable as $$
  select md5(kind || number)::uuid
$$;
-- UUIDv7 of an instant.
create function pg_temp.id_at(at timestamptz, number bigint) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(number::text), 1, 3)
    || '8' || substr(md5(number::text), 4, 15))::uuid
$$;

create temp table h on commit drop as
with asked as (
  select current_setting('history.bookings')::bigint as bookings, current_setting('history.each')::bigint as each,
    current_setting('history.seekers')::uuid[] as seekers, current_setting('history.consultants')::uuid[] as consultants
), numbered as (
  select n, n / (bookings / each) as round, n % (bookings / each) as c, n % (bookings * 5 / each) as s,
    n >= bookings - bookings / each as is_live,
    date_trunc('milliseconds', now() - interval '3 days' - (bookings - n) * (interval '1000 days' / bookings)) as created_at,
    seekers, consultants
  from asked, generate_series(0, bookings - 1) n
)
select n, round, is_live, created_at, pg_temp.id_at(created_at, n) as id, pg_temp.id('slot', n) as slot_id,
  coalesce(seekers[s + 1], pg_temp.id('seeker', s)) as seeker_id,
  coalesce(consultants[c + 1], pg_temp.id('consultant', c)) as consultant_id,
  case when is_live then date_trunc('hour', now()) + interval '60 days' + (n % 600) * interval '1 hour'
    else created_at + interval '1 day' end as starts,
  10000 + (n % 50) * 100 as amount, (10000 + (n % 50) * 100) * 15 / 100 as commission
from numbered;
analyze h;

-- Indexes are dropped and made anew, but for primary keys and what foreign keys refer to: building one of ten million rows takes a
-- fraction of the time that as many insertions into it do.
create temp table filled on commit drop as
select unnest('{booking.users,booking.consultant_prices,booking.availability_slots,booking.bookings,booking.timeline,booking.presences,
  payments.users,payments.payments,payments.payouts,payments.ledger_entries,payments.operations}'::regclass[]) as relation;
create temp table dropped on commit drop as
select case when conname is null then pg_get_indexdef(indexrelid)
    else format('alter table %s add constraint %I %s', relation, conname, pg_get_constraintdef(c.oid)) end as creation,
  case when conname is null then format('drop index %s', indexrelid::regclass)
    else format('alter table %s drop constraint %I', relation, conname) end as removal
from filled join pg_index on indrelid = relation left join pg_constraint c on conindid = indexrelid and contype in ('u', 'x')
where not indisprimary and not exists (select from pg_constraint f where f.conindid = indexrelid and f.contype = 'f');
do $$ declare command text; begin
  for command in select removal from dropped loop execute command; end loop;
end $$;

insert into booking.users (id, role, first_name, last_name)
  select distinct seeker_id, 'seeker', 'Ada', 'Byron' from h union all
  select distinct consultant_id, 'consultant', 'Grace', 'Hopper' from h
  on conflict do nothing;
insert into booking.consultant_prices (consultant_id, hourly_rate, currency, last_sequence)
  select distinct consultant_id, 12000, 'usd', 0 from h on conflict do nothing;
insert into booking.availability_slots (id, consultant_id, start_time, end_time, is_booked, created_at, updated_at)
  select slot_id, consultant_id, starts, starts + interval '30 minutes', true, created_at, created_at from h order by n;
insert into booking.bookings (id, seeker_id, consultant_id, slot_id, status, scheduled_start, scheduled_end, session_start_time,
    session_end_time, duration_seconds, respond_by, amount, currency, commission_bps, commission_amount, free_period_seconds,
    cancel_free_seconds, late_cancel_bps, payment_grace_seconds, payment_status, payment_attempt, created_at, updated_at)
  select id, seeker_id, consultant_id, slot_id, case when is_live then 'confirmed' else 'completed' end, starts,
    starts + interval '30 minutes', case when not is_live then starts end, case when not is_live then starts + interval '30 minutes' end,
    case when not is_live then 1800 end, created_at + interval '2 days', amount, 'usd', 1500, commission, 600, 86400, 5000, 86400,
    case when is_live then 'authorized' else 'captured' end, 1, created_at, least(starts, created_at + interval '1 day')
  from h order by n;
insert into booking.timeline (booking_id, at, actor, event, detail)
  select id, created_at + number * interval '1 hour', actor, event, '{}'
  from h, (values (0, 'seeker', 'requested'), (1, 'consultant', 'accepted'), (2, 'system', 'confirmed')) e (number, actor, event)
  order by n, number;
insert into booking.presences (booking_id, accounted_until, joint_microseconds, seeker_until, seeker_microseconds,
    consultant_until, consultant_microseconds)
  select id, ends, 1800000000, ends, 1800000000, ends, 1800000000
  from (select n, id, starts + interval '30 minutes' as ends from h where not is_live) ended order by n;

insert into payments.users (user_id, role, first_name, last_name, email)
  select id, role, first_name, last_name, '' from booking.users where id in (select seeker_id from h union select consultant_id from h)
  on conflict do nothing;
insert into payments.payments (booking_id, id, seeker_id, consultant_id, scheduled_start, scheduled_end, amount, currency, commission_bps,
    status, attempt, payment_intent_id, charge_id, capture_before, due, due_amount, captured_amount, commission_amount,
    settled_amount, settled_currency, stripe_fee, captured_at, receipt_number, created_at, updated_at)
  select id, id, seeker_id, consultant_id, starts, starts + interval '30 minutes', amount, 'usd', 1500,
    case when is_live then 'authorized' else 'captured' end, 1, 'pi_' || n, 'ch_' || n, starts + interval '3 days',
    case when not is_live then 'capture' end, case when not is_live then amount end,
    case when is_live then 0 else amount end,
    case when is_live then 0 else commission end, case when not is_live then amount end, case when not is_live then 'usd' end,
    case when not is_live then 0 end, case when not is_live then starts end, case when not is_live then round + 1 end,
    created_at, created_at
  from h where n % 2 = 0 order by n;
insert into payments.payouts (booking_id, consultant_id, gross_amount, commission_amount, amount, sent_amount, currency, status,
    transfer_id, available_on, paid_at, created_at)
  select id, consultant_id, amount, commission, amount - commission, amount - commission, 'usd', 'paid', 'tr_' || n, starts, starts, starts
  from h where n % 2 = 0 and not is_live order by n;
insert into payments.ledger_entries (posting_id, kind, stripe_object, booking_id, account, amount, currency, at)
  select pg_temp.id(kind, n), kind, object || n, id, account,
    sign * case kind when 'capture' then h.amount when 'commission' then commission else h.amount - commission end, 'usd', starts
  from h, (values ('capture', 'ch_', 'seeker', -1), ('capture', 'ch_', 'platform', 1), ('commission', 'ch_', 'platform', -1),
    ('commission', 'ch_', 'commission', 1), ('transfer', 'tr_', 'platform', -1), ('transfer', 'tr_', 'consultant', 1))
    e (kind, object, account, sign)
  where n % 2 = 0 and not is_live order by n;
insert into payments.operations (id, subject_id, kind, attempt, idempotency_key, state, params, due_at, tries, first_sent_at,
    created_at, finished_at)
  select pg_temp.id_at(h.created_at, n * 4 + step), id, kind, 1, 'booking:' || id || ':' || kind || ':1', 'done', '{}', starts, 1, starts,
    starts, starts
  from h, (values (0, 'authorize'), (1, 'capture'), (2, 'transfer')) e (step, kind)
  where n % 2 = 0 and (not is_live or kind = 'authorize') order by n, step;
do $$ declare command text; begin
  for command in select creation from dropped loop execute command; end loop;
end $$;
analyze booking.users, booking.availability_slots, booking.bookings, booking.timeline, booking.presences;
analyze payments.users, payments.payments, payments.payouts, payments.ledger_entries, payments.operations;
