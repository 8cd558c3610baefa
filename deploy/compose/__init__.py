"""The containers: what builds, starts, backs up and upgrades them."""
