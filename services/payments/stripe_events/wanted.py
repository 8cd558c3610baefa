"""The types of events that a webhook endpoint at Stripe has to send us: each has a handler, and what has none need not be sent.

Half of what a booking makes Stripe say is of no use here, and each delivery costs as much as a request (2 ms of CPU measured).
Nothing is imported, so that whoever sets up an endpoint can read the list.
"""

WANTED = (
    "setup_intent.succeeded",
    "setup_intent.canceled",
    "payment_method.detached",
    "payment_method.updated",
    "payment_method.automatically_updated",
    "payment_intent.amount_capturable_updated",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "transfer.reversed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "account.updated",
    "account.application.deauthorized",
    "capability.updated",
    "v2.core.account.updated",
    "v2.core.account[requirements].updated",
    "v2.core.account[configuration.recipient].updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account.closed",
)
