"""Cards, payments, payouts and documents."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import ACCEPTED, BOOKING, CAPTURED, CONSULTANT, END, SEEKER, START

SUMS = {"gross_amount": 6000, "refunded_amount": 0, "commission_amount": 900, "net_amount": 5100}
ISSUER = {
    "issuer": "Consultant Connect Ltd",
    "issuer_address": ["1 High Street", "London EC1A 1AA"],
    "tax_id": "GB 123 4567 89",
    "note": None,
}

SCHEMAS: dict[str, Any] = {
    "SetupIntent": {
        "setup_intent_id": "seti_1SVx2kQ4mD8nTz3f",
        "client_secret": "seti_1SVx2kQ4mD8nTz3f_secret_TSn8QyWk",  # nosec B105
        "publishable_key": "pk_test_51SVx2kQ4mD8nTz3f",
    },
    "PaymentMethod": {
        "id": "pm_1SVx2kQ4mD8nTz3f",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 4,
        "exp_year": 2030,
    },
    "PayoutOnboarding": {
        "account_id": "acct_1SVx2kQ4mD8nTz3f",
        "status": "pending",
        "onboarding_url": "https://connect.stripe.com/setup/e/acct_1SVx2kQ4mD8nTz3f/rT8nPz",
        "expires_at": "2026-11-22T18:25:00Z",
    },
    "PayoutAccount": {
        "account_id": "acct_1SVx2kQ4mD8nTz3f",
        "status": "restricted",
        "requirements": ["external_account"],
    },
    "HistoryItem": {
        "id": "019a4a5e-2c00-7f93-9d84-134d003ce1d1",
        "booking_id": BOOKING,
        "consultant": CONSULTANT,
        "session_date": START,
        "amount": 6000,
        "amount_refunded": 0,
        "charged": 6000,
        "currency": "eur",
        "status": "captured",
        "created_at": ACCEPTED,
    },
    "PayoutItem": {
        "id": "019a4a5e-2c00-7b86-86ad-d45688c02d52",
        "booking_id": BOOKING,
        "seeker": SEEKER,
        "session_date": START,
        "gross_amount": 6000,
        "commission_amount": 900,
        "amount": 5100,
        "currency": "eur",
        "status": "paid",
        "transfer_id": "tr_1SVx2kQ4mD8nTz3f",
        "available_on": CAPTURED,
        "created_at": CAPTURED,
    },
    "Spending": {
        "items": [
            {"month": "2026-12", "currency": "eur", "count": 2, "spent": 12000, "refunded": 0}
        ]
    },
    "Authentication": {"client_secret": "pi_3SVx2kQ4mD8nTz3f1aBcDeFg_secret_TSn8QyWk"},  # nosec B105
    "NewRefund": {"reason": "The call broke off after ten minutes.", "amount": 3000},
    "Refund": {
        "id": "019a4a5e-2c00-7d63-8127-108f1feaf1f7",
        "booking_id": BOOKING,
        "amount": 3000,
        "reason": "The call broke off after ten minutes.",
        "status": "pending",
        "created_at": "2026-12-02T08:30:00Z",
    },
    "Receipt": {
        "number": "000007",
        "booking_id": BOOKING,
        "seeker": SEEKER,
        "consultant": CONSULTANT,
        "session_start": START,
        "session_end": END,
        "reason": "session_ended",
        "currency": "eur",
        "amount": 6000,
        "amount_refunded": 0,
        "total": 6000,
        "captured_at": CAPTURED,
        **ISSUER,
    },
    "Statement": {
        "number": "2026",
        "year": 2026,
        "holder": CONSULTANT,
        **ISSUER,
        "items": [
            {
                "captured_at": CAPTURED,
                "receipt_number": "000007",
                "booking_id": BOOKING,
                "other_party": SEEKER,
                "session_start": START,
                "currency": "eur",
                **SUMS,
            }
        ],
        "totals": [{"currency": "eur", "count": 1, **SUMS}],
    },
    "Received": {"received": True},
}
