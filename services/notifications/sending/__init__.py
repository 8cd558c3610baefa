"""Mails on their way: claimed, decided on, handed to the server, marked."""
