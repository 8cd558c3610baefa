"""How what remains of a capture is split between the parties, as SQL, in the currency in which it
has settled (`policy.convert`); a capture that has not settled yet has no share, and no row.
Reversals made in the Dashboard are deducted as well.
"""

SPLIT = """
    join payments.payouts as o on o.booking_id = p.booking_id
    cross join lateral (
        select coalesce(sum(coalesce(d.charge_amount, d.amount)), 0)::bigint as disputed
        from payments.disputes as d
        where d.booking_id = p.booking_id and d.outcome <> 'won') as d
    cross join lateral (
        select greatest(p.captured_amount - p.refunded_amount - d.disputed, 0) as kept) as k
    cross join lateral (
        select case when p.settled_currency is null or p.settled_currency = p.currency then k.kept
                    else (2 * k.kept * p.settled_amount + p.captured_amount)
                         / (2 * p.captured_amount) end as remaining,
               coalesce(p.settled_amount, p.captured_amount) as captured,
               coalesce(p.settled_currency, p.currency) as currency,
               o.amount - o.reversed_amount as earned,
               greatest(o.amount - o.reversed_amount - o.recalled_amount, 0) as net) as s
"""
