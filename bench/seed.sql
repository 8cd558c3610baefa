-- Bulk consultants into the project's database: the load driver runs it with psql, as the administrator, in a folder that holds
-- consultants.tsv (id, email, first_name, last_name, headline, bio, expertise_tags, languages, hourly_rate, currency,
-- rating_count, rating_sum, created_at) and slots.tsv (id, consultant_id, start_time, end_time). Each service's schema gets what
-- its own commands and reactions would have written; nobody can sign in as these people. The text must be ASCII: the words of the
-- search are taken apart here as services/directory/search/words.py does it with such text (services/directory/tests/test_seed.py
-- holds the two together).
\set ON_ERROR_STOP on
begin;
set local synchronous_commit = off;
set local work_mem = '256MB';
set local maintenance_work_mem = '256MB';
create temp table c (id uuid, email text, first_name text, last_name text, headline text, bio text, expertise_tags text[], languages text[],
  hourly_rate int, currency text, rating_count int, rating_sum int, created_at timestamptz) on commit drop;
create temp table s (id uuid, consultant_id uuid, start_time timestamptz, end_time timestamptz) on commit drop;
\copy c from 'consultants.tsv'
\copy s from 'slots.tsv'
analyze c, s;

insert into identity.users (id, email, email_key, hashed_password, first_name, last_name, role, is_active, time_zone, created_at, updated_at)
  select id, email, lower(email), '!', first_name, last_name, 'consultant', true, 'UTC', created_at, created_at from c;

insert into booking.users (id, role, first_name, last_name)
  select id, 'consultant', first_name, last_name from c;
insert into booking.consultant_prices (consultant_id, hourly_rate, currency, last_sequence)
  select id, hourly_rate, currency, 0 from c;
insert into booking.availability_slots (id, consultant_id, start_time, end_time, is_booked, created_at, updated_at)
  select id, consultant_id, start_time, end_time, false, now(), now() from s;

create function pg_temp.words(variadic texts text[]) returns text[] language sql immutable as $$
  select array(
    select distinct left(word, 48) collate "C" as word
    from regexp_split_to_table(lower(array_to_string(texts, ' ')), '[^a-z0-9]+') word
    where word <> '' order by word
  )
$$;
create temp table w on commit drop as
  select c.id, strong, array(select unnest(weak) except select unnest(strong) order by 1) as weak
  from (
    select id, pg_temp.words(first_name, last_name, headline, array_to_string(expertise_tags, ' ')) as strong, pg_temp.words(bio) as weak
    from c
  ) c;

insert into directory.consultant_profiles (consultant_id, first_name, last_name, headline, bio, expertise_tags, languages, hourly_rate,
    currency, rating_sum, rating_count, next_available_at, tag_keys, language_keys, strong_words, weak_words, created_at, updated_at)
  select id, first_name, last_name, headline, bio, expertise_tags, languages, hourly_rate, currency, rating_sum, rating_count,
    first_free, expertise_tags, languages,
    ' ' || array_to_string(strong || ''::text, ' '), ' ' || array_to_string(weak || ''::text, ' '), created_at, created_at
  from c join w using (id)
  left join (select consultant_id as id, min(start_time) as first_free from s group by 1) f using (id)
  order by created_at, id;
insert into directory.free_slots (consultant_id, start_time, end_time)
  select consultant_id, start_time, end_time from s order by 1, 2;

insert into directory.lexicon (word)
  select distinct word from w, unnest(strong || weak) word order by word on conflict do nothing;
insert into directory.postings (word_id, rank, no)
  select l.id, case when u.is_strong then 10000 else 0 end + p.quality, p.no
  from w
  join directory.consultant_profiles p on p.consultant_id = w.id
  cross join lateral (
    select unnest(w.strong) as word, true as is_strong union all select unnest(w.weak), false
  ) u
  join directory.lexicon l on l.word = u.word
  order by 1, 2, 3;
commit;
vacuum (analyze);
