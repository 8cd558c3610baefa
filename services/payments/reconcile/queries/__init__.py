"""What reconciliation reads from our tables."""
