"""The HTTP API of payments."""

from services.payments.routes import cards, documents, payments, payouts, webhook

ROUTES = (
    cards.start_setup,
    cards.payment_method,
    cards.remove_payment_method,
    payouts.connect_account,
    payouts.connect_status,
    payouts.payouts,
    payments.history,
    payments.summary,
    payments.authenticate,
    payments.refund,
    documents.receipt_details,
    documents.receipt,
    documents.statement_details,
    documents.statement_table,
    documents.statement,
    webhook.receive,
)
