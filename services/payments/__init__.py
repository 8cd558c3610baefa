"""Payments.

Owns customers, cards, payout accounts, payments, transfers, refunds, disputes, the ledger, Stripe's
events. Publishes PaymentAuthorized, PaymentFailed, PaymentCaptured, PaymentReleased,
PaymentRefunded, RefundRefused, RefundReturned, PaymentDisputed, PaymentMethodChanged,
PayoutAccountChanged, PayoutSent. Reacts to users, bookings and sessions.
"""
