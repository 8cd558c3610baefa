"""What payments, payouts, refunds and disputes are, and their rules: pure."""
