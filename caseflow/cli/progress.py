"""Long work as it goes: a bar on a terminal, a line for each tenth elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from caseflow.cli.speech import complain, say

Watch = Callable[[str, int, int], None]
"""Called with the part it is at, how much is done, and how much there is in all."""


@contextmanager
def shown(sentence: str) -> Iterator[Watch]:
    """Show on standard error how far something is; nothing before it is called for the first time."""
    console = Console(stderr=True)
    if not console.is_terminal:
        told = _Lines(say(sentence))
        yield told.tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as drawn:
        task = drawn.add_task(say(sentence), total=None, visible=False)

        def bar(part: str, done: int, rows: int) -> None:
            drawn.update(task, description=f"{say(sentence)} {part}", completed=done, total=rows, visible=True)

        yield bar


@dataclass(slots=True)
class _Lines:
    """A line for each tenth that is done."""

    sentence: str
    tenths: int = -1

    def tell(self, _part: str, done: int, rows: int) -> None:
        if self.tenths < 0:
            complain(self.sentence)
            self.tenths = 0
        if (reached := done * 10 // rows if rows else 10) > self.tenths:
            self.tenths = reached
            complain(f"  {reached * 10} % ({done}/{rows})")
