"""The whole system, from outside: journeys, faults, and the rules of its architecture."""
