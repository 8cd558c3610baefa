"""The public pages as search engines, link previews and people without JavaScript see them: the
built web app with a head of its own, readable text, and the data of the first screen.
"""
