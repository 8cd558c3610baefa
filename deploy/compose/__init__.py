"""The containers: building, starting, backing up and upgrading them."""
