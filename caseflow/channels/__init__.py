"""Ways to reach a person outside the log-in; the inbox is rows, not a channel."""
