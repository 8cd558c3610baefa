"""Commands on cards, accounts, payments, payouts, refunds and disputes: one function per verb."""
