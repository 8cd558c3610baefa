"""The HTTP API of payments."""

from services.payments.routes import cards, documents, payments, payouts, webhook

ROUTES = (
    *cards.HANDLERS,
    *payouts.HANDLERS,
    *payments.HANDLERS,
    *documents.HANDLERS,
    *webhook.HANDLERS,
)
