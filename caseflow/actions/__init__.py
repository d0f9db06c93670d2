"""The use cases, one module a noun: `f(session, command, *, by, at)` writes rows, entry and jobs in one transaction."""
