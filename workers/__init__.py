"""Processes that do the slow work: broker, relay, actors, schedule. `dramatiq workers` starts worker processes."""

import sys
from importlib import import_module

# That command imports this package and then asks for the broker; anybody else puts theirs together themselves.
if "dramatiq.cli" in sys.modules:
    import_module("workers.process").boot()
