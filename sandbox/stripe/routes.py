"""Every operation that is simulated. Stripe's other operations are answered like unknown URLs."""

from sandbox.stripe import (
    account_links,
    accounts,
    accounts_v2,
    balance,
    charges,
    customers,
    disputes,
    events,
    files,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
    transfers,
    webhook_endpoints,
)
from sandbox.stripe.call import Routes

HANDLERS: Routes = {
    **customers.ROUTES,
    **payment_methods.ROUTES,
    **setup_intents.ROUTES,
    **payment_intents.ROUTES,
    **charges.ROUTES,
    **refunds.ROUTES,
    **disputes.ROUTES,
    **balance.ROUTES,
    **transfers.ROUTES,
    **payouts.ROUTES,
    **accounts.ROUTES,
    **accounts_v2.ROUTES,
    **account_links.ROUTES,
    **events.ROUTES,
    **files.ROUTES,
    **webhook_endpoints.ROUTES,
}
