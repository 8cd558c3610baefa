"""Commands of consultants and seekers in the directory."""
