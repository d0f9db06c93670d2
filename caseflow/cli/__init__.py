"""The command line: one module a noun, on the same actions as every other door. `main` is the program."""

from caseflow.cli.menu import main

__all__ = ["main"]
