"""The REST door: one module a noun, each route a thin call of an action; the commit comes before the answer."""
