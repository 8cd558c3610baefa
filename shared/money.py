"""Money is an integer in the currency's minor unit. Rounding is half up (away from zero at exactly
one half), as is usual on invoices.
"""

BASIS_POINTS = 10_000


def divide_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator for non-negative integers, rounded half up, without using floats."""
    return (2 * numerator + denominator) // (2 * denominator)


def share(amount: int, basis_points: int) -> int:
    """`basis_points` (1/10,000) of `amount`, in minor units. For example, a commission of 15 % is
    share(amount, 1500).
    """
    return divide_half_up(amount * basis_points, BASIS_POINTS)
