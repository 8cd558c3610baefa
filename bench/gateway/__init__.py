"""The gateway's speed in front of a minimal service, compared with nginx in the same place."""
