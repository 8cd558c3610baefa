"""Search: what a text means in words (words, query_words), who uses a word (postings), and how the
two become a page (listing, plans, matching). README.md tells it from the beginning.
"""
