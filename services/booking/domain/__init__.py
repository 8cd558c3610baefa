"""What a booking is and by which rules it lives: pure, without a database or HTTP."""
