"""One thing in a list of what hangs on a case."""

from dataclasses import dataclass

from caseflow.web.environment import Words


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in a list: heading, lines under it, badge, what can be done."""

    title: Words
    lines: tuple[Words, ...]
    badge: tuple[str, str, Words] | None
    acts: tuple[tuple[str, Words], ...]
