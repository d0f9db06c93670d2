"""The use cases: one module a noun, one function a verb, `f(session, command, *, by, at)`. Rows, entry and jobs in one transaction."""
