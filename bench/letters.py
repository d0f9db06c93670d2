"""Letters beside WeasyPrint used plainly, both making the same tagged PDF/A-3a of every kind; then the child."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Self

from bench import renderer
from bench.figures import Figure
from caseflow.actions.letters import letters_root
from caseflow.letters import catalogue
from caseflow.paths import package_root

ROUNDS, QUICK = 6, 1
QUICK_KINDS = 24
"""Every so manieth kind."""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the ratio by CPU time, letter by letter in turn, each way in a process of its own; then `renderer`'s."""
    kinds = list(catalogue.load(letters_root()))[:: QUICK_KINDS if quick else 1]
    with _Maker("own") as own, _Maker("plain") as plain:
        for kind in kinds:
            own.seconds(kind)
            plain.seconds(kind)
        rounds = QUICK if quick else ROUNDS
        took = [(own.seconds(kind), plain.seconds(kind)) for _round in range(rounds) for kind in kinds]
    ours, theirs = (sum(each) / len(took) * 1000 for each in zip(*took, strict=True))
    note = f"{ours:.0f} ms of CPU a letter beside {theirs:.0f}, over {len(kinds)} kinds"
    yield Figure("letters", round(theirs / ours, 2), "times plain", 1.6, note)
    yield from renderer.figures(quick=quick)


class _Maker:
    """A process of bench/letter_worker.py."""

    def __init__(self, way: str) -> None:
        command = [sys.executable, "-m", "bench.letter_worker", way]
        where = package_root().parent
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=where
        )

    def seconds(self, kind: str) -> float:
        """Make one letter; return the CPU time it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{kind}\n")
        return float(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._process.communicate()
