"""One step in each engine, a process each: `serving` is all they share, and it needs nothing but Python."""
