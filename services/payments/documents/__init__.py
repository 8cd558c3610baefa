"""Receipts and statements as PDF and CSV files; `routes/documents.py` serves them."""
