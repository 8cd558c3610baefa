-- Bulk consultants into the peer's database; bench/load/dataset.py writes the two files.
\set ON_ERROR_STOP on
begin;
set local synchronous_commit = off;
create temp table c (id uuid, email text, first_name text, last_name text, headline text, bio text, expertise_tags text[],
  languages text[], hourly_rate int, currency text, rating_count int, rating_sum int, created_at timestamptz) on commit drop;
create temp table s (id uuid, consultant_id uuid, start_time timestamptz, end_time timestamptz) on commit drop;
\copy c from 'consultants.tsv'
\copy s from 'slots.tsv'
insert into users (id, email, hashed_password, first_name, last_name, role, is_active, time_zone, created_at, updated_at)
  select id, email, '!', first_name, last_name, 'consultant', true, 'UTC', created_at, created_at from c;
insert into profiles (consultant_id, headline, bio, expertise_tags, languages, hourly_rate, currency, searched,
    rating_sum, rating_count, created_at, updated_at)
  select id, headline, bio, expertise_tags, languages, hourly_rate, currency,
    lower(concat_ws(' ', first_name, last_name, headline, array_to_string(expertise_tags, ' '))),
    rating_sum, rating_count, created_at, created_at
  from c;
insert into slots (id, consultant_id, start_time, end_time, is_booked, created_at, updated_at)
  select id, consultant_id, start_time, end_time, false, now(), now() from s;
commit;
vacuum (analyze);
