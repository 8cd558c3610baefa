"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from litestar.di import NamedDependency

from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import Stripe
from shared.dependencies import from_state

Settings = NamedDependency[PaymentsSettings]
StripeClient = NamedDependency[Stripe]

DEPENDENCIES = {
    # the connection to Stripe
    "stripe": from_state("stripe"),
}
