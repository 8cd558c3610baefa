"""What consultants and seekers do in the directory."""
