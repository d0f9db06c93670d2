"""Why a file is not taken, as the process that looks at it says it."""


class RefusedFile(Exception):
    """A file that is not taken; `why` is pixels, pages, locked, hidden or broken."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
