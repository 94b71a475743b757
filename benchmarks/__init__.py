"""Speed, scale and coverage: each a command that prints a table."""
