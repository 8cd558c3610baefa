"""Mails: written from templates, claimed, sent, marked."""
