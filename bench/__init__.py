"""Measurements, side by side with a peer, in one run: quote ratios and medians, never a single
absolute time.
"""
