"""The pure core: lifecycle, guards, effects, deadlines. What never comes in: a database, a clock, a file, a request."""
