"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from cryptography.fernet import Fernet
from litestar.di import NamedDependency

from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import Stripe

Settings = NamedDependency[PaymentsSettings]
# The connection to Stripe.
StripeClient = NamedDependency[Stripe]
# Encrypts the stored responses of calls with an `Idempotency-Key`.
Cipher = NamedDependency[Fernet]
