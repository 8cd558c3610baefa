"""How fast the gateway is in front of the smallest service, beside nginx in the same place."""
