"""What handlers declare as parameters, beside `db` and `reader`."""

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import Stripe
from shared.db import Database

Settings = NamedDependency[PaymentsSettings]
StripeClient = NamedDependency[Stripe]
Pool = NamedDependency[Database]


def provide_settings(state: State) -> PaymentsSettings:
    """`settings`: what the operator has set."""
    settings: PaymentsSettings = state.settings
    return settings


def provide_stripe(state: State) -> Stripe:
    """`stripe`: the connection to Stripe."""
    stripe: Stripe = state.stripe
    return stripe


def provide_pool(state: State) -> Database:
    """`pool`: for handlers that call Stripe between transactions of their own."""
    database: Database = state.service.database
    return database


DEPENDENCIES = {
    "settings": Provide(provide_settings, sync_to_thread=False),
    "stripe": Provide(provide_stripe, sync_to_thread=False),
    "pool": Provide(provide_pool, sync_to_thread=False),
}
