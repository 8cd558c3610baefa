"""Payments: people, cards, payout accounts, payments, the operations that move money, payouts,
refunds, disputes, events, the ledger.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
    create table people (
        user_id uuid primary key,
        role text not null,
        first_name text not null,
        last_name text not null,
        email text not null
    )
    """,
    # params: what the customer is created with; stored before the call, so that two requests at
    # once send the same
    """
    create table customers (
        user_id uuid primary key,
        customer_id text unique,
        params jsonb not null,
        created_at timestamptz not null
    )
    """,
    """
    create table setup_intents (
        setup_intent_id text primary key,
        user_id uuid not null,
        state text not null check (state in ('open', 'done')),
        checks smallint not null default 0,
        check_at timestamptz not null,
        created_at timestamptz not null
    )
    """,
    "create index ix_setup_intents_open on setup_intents (check_at) where state = 'open'",
    # chosen_at orders the cards of one seeker: an event that comes late must not bring back an
    # older card.
    """
    create table cards (
        user_id uuid primary key,
        payment_method_id text not null,
        brand text not null,
        last4 text not null,
        exp_month smallint not null,
        exp_year smallint not null,
        chosen_at timestamptz not null,
        removed_at timestamptz
    )
    """,
    "create index ix_cards_payment_method_id on cards (payment_method_id)",
    """
    create table payout_accounts (
        user_id uuid primary key,
        account_id text unique,
        params jsonb not null,
        status text not null check (status in ('pending', 'active', 'restricted', 'rejected')),
        requirements jsonb not null default '[]',
        onboarded_at timestamptz,
        created_at timestamptz not null
    )
    """,
    # due: what the booking has decided about the money, whether or not the time to do it has come
    """
    create table payments (
        booking_id uuid primary key,
        id uuid not null unique,
        seeker_id uuid not null,
        consultant_id uuid not null,
        scheduled_start timestamptz not null,
        scheduled_end timestamptz not null,
        amount bigint not null check (amount >= 0),
        currency text not null,
        commission_bps integer not null check (commission_bps between 0 and 10000),
        status text not null check (status in
            ('none', 'authorizing', 'authorized', 'failed', 'captured', 'released', 'refunded',
            'disputed')),
        attempt integer not null default 0,
        renewals integer not null default 0,
        failure text check (failure in ('card_declined', 'insufficient_funds', 'expired_card',
            'authentication_required', 'no_payment_method', 'processing_error')),
        payment_intent_id text,
        charge_id text,
        payment_method_id text,
        capture_before timestamptz,
        due text check (due in ('capture', 'release')),
        due_amount bigint,
        due_reason text,
        booking_status text not null,
        captured_amount bigint not null default 0,
        commission_amount bigint not null default 0,
        refunded_amount bigint not null default 0,
        stripe_fee bigint,
        captured_at timestamptz,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (refunded_amount <= captured_amount and captured_amount <= amount and
            commission_amount <= captured_amount)
    )
    """,
    "create index ix_payments_seeker_id on payments (seeker_id, id)",
    "create index ix_payments_consultant_id on payments (consultant_id, id)",
    "create index ix_payments_payment_intent_id on payments (payment_intent_id)",
    "create index ix_payments_charge_id on payments (charge_id)",
    "create index ix_payments_live on payments (capture_before) where status in ('authorizing', "
    "'authorized', 'failed')",
    # One step at Stripe. idempotency_key is the business key (subject, kind, attempt), there
    # before the call.
    # in_doubt: sent, and no answer recorded: Stripe may have done it.
    """
    create table operations (
        id uuid primary key,
        subject_id uuid not null,
        kind text not null check (kind in
            ('authorize', 'renew', 'abandon', 'capture', 'charge', 'release', 'transfer', 'refund',
            'reverse', 'detach')),
        attempt integer not null,
        idempotency_key text not null unique,
        state text not null check (state in ('due', 'running', 'waiting', 'done', 'failed',
            'dropped')),
        in_doubt boolean not null default false,
        params jsonb not null,
        due_at timestamptz not null,
        claimed_until timestamptz,
        tries integer not null default 0,
        first_sent_at timestamptz,
        last_error text,
        stripe_id text,
        trail jsonb,
        created_at timestamptz not null,
        finished_at timestamptz,
        unique (subject_id, kind, attempt)
    )
    """,
    "create index ix_operations_due on operations (due_at) where state in ('due', 'running')",
    "create unique index uq_operations_running on operations (subject_id) where state = 'running'",
    "create index ix_operations_waiting on operations (subject_id) where state = 'waiting'",
    # amount: the share; reversed_amount: what refunds and disputes took from it; sent_amount: what
    # is at the consultant's account
    """
    create table payouts (
        booking_id uuid primary key references payments,
        consultant_id uuid not null,
        gross_amount bigint not null,
        commission_amount bigint not null,
        amount bigint not null check (amount = gross_amount - commission_amount and amount >= 0),
        reversed_amount bigint not null default 0 check (reversed_amount between 0 and amount),
        sent_amount bigint not null default 0 check (sent_amount between 0 and amount),
        currency text not null,
        status text not null check (status in ('pending', 'paid', 'reversed')),
        transfer_id text unique,
        available_on timestamptz not null,
        paid_at timestamptz,
        created_at timestamptz not null
    )
    """,
    "create index ix_payouts_pending on payouts (consultant_id) where status = 'pending'",
    """
    create table refunds (
        id uuid primary key,
        booking_id uuid not null references payments,
        amount bigint not null check (amount > 0),
        commission_amount bigint not null check (commission_amount >= 0),
        reason text not null,
        requested_by uuid,
        state text not null check (state in ('pending', 'succeeded', 'failed')),
        refund_id text unique,
        failure text,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )
    """,
    "create index ix_refunds_booking_id on refunds (booking_id)",
    """
    create table disputes (
        dispute_id text primary key,
        booking_id uuid not null references payments,
        amount bigint not null,
        currency text not null,
        fee bigint not null default 0,
        commission_amount bigint not null default 0,
        share bigint not null default 0,
        reason text not null,
        status text not null,
        outcome text not null check (outcome in ('open', 'won', 'lost')),
        opened_at timestamptz not null,
        closed_at timestamptz
    )
    """,
    "create index ix_disputes_booking_id on disputes (booking_id)",
    """
    create table stripe_events (
        event_id text primary key,
        type text not null,
        account text,
        livemode boolean not null,
        api_version text,
        object_id text,
        body bytea not null,
        state text not null check (state in ('pending', 'done', 'ignored', 'failed')),
        tries integer not null default 0,
        due_at timestamptz not null,
        last_error text,
        received_at timestamptz not null,
        handled_at timestamptz
    )
    """,
    "create index ix_stripe_events_due on stripe_events (due_at) where state = 'pending'",
    "create index ix_stripe_events_received_at on stripe_events using brin (received_at)",
    """
    create table gap_poll (
        id smallint primary key default 1 check (id = 1),
        polled_until timestamptz not null
    )
    """,
)

LEDGER = (
    # Each posting is tied to one object at Stripe and can be made once; its entries sum to zero,
    # in one currency.
    """
    create table ledger_entries (
        id bigint generated always as identity primary key,
        posting_id uuid not null,
        kind text not null check (kind in
            ('capture', 'commission', 'stripe_fee', 'transfer', 'refund', 'refund_failed',
            'reversal',
             'commission_return', 'commission_restored', 'dispute', 'dispute_won', 'fee_returned')),
        stripe_object text not null,
        booking_id uuid not null references payments,
        account text not null check (account in ('seeker', 'platform', 'consultant', 'stripe_fees',
            'commission')),
        amount bigint not null check (amount <> 0),
        currency text not null,
        at timestamptz not null,
        unique (stripe_object, kind, account)
    )
    """,
    "create index ix_ledger_entries_posting_id on ledger_entries (posting_id)",
    "create index ix_ledger_entries_booking_id on ledger_entries (booking_id)",
    """
    create function check_posting() returns trigger language plpgsql as $$
    declare
        total bigint;
        currencies integer;
    begin
        execute format('select sum(amount), count(distinct currency) from %I.ledger_entries'
                           ' where posting_id = $1',
                       tg_table_schema)
            into total, currencies using new.posting_id;
        if total <> 0 or currencies <> 1 then
            raise exception 'posting % does not balance: sum %, % currencies', new.posting_id,
            total, currencies
                using errcode = 'check_violation';
        end if;
        return null;
    end $$
    """,
    """
    create constraint trigger posting_balances after insert on ledger_entries
        deferrable initially deferred for each row execute function check_posting()
    """,
    # Append-only by permission: whoever was granted the tables of this schema may not change or
    # remove an entry.
    """
    do $$
    declare
        who record;
    begin
        for who in
            select distinct pg_get_userbyid(acl.grantee) as name
            from pg_class as c, aclexplode(c.relacl) as acl
            where c.oid = to_regclass('ledger_entries') and acl.grantee <> c.relowner and
                acl.grantee <> 0
        loop
            execute format('revoke update, delete, truncate on ledger_entries from %I', who.name);
        end loop;
    end $$
    """,
)


def upgrade() -> None:
    for statement in (*TABLES, *LEDGER):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table ledger_entries, disputes, refunds, payouts cascade")
    op.execute(
        "drop table operations, payments, payout_accounts, cards, setup_intents, customers, people"
    )
    op.execute("drop table stripe_events, gap_poll")
    op.execute("drop function check_posting")
