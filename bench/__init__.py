"""Benchmarks, run side by side with a peer: quote ratios and medians, never a single
absolute time.
"""
