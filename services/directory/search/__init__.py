"""Search: words (text → words), postings (the index, written with the profile), terms (words →
lists), plans (lists → pages).
"""
