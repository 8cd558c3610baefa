"""Search: the words of a query (words, query_words), the index of the consultants who use a word
(postings), and how they are combined into a page (listing, plans, matching). README.md explains it.
"""
