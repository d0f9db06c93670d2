"""The warm child processes that make every letter: a template that loops, allocates or crashes fails alone."""

import os
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue
from typing import Any, Self

from caseflow import errors
from caseflow.errors import Sentence, _
from caseflow.letters import pipe
from caseflow.letters.facts import Facts
from caseflow.paths import package_root

SECONDS = 10.0
"""The wall limit of one letter; a warm one takes a tenth of a second."""
START_SECONDS = 60.0
MEMORY = 768 << 20
"""Address space of a child, in bytes: twice what a long letter takes."""
LETTERS = 500
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation"
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_DATA_DIRS")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished letter. The stored bytes are the record; the digests say what they were made of."""

    pdf: bytes
    sha256: str
    pages: int
    subject: str
    """The line after "Hal"."""
    template_digest: str
    engine: str


class Child:
    """One process that renders letters, one at a time."""

    def __init__(self, memory: int, root: str, extra: str | None = None) -> None:
        """Start it without waiting: it warms up while the parent goes on."""
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-P", "-m", "caseflow.letters.worker", str(memory), root, *([extra] if extra else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**kept, "PYTHONPATH": str(package_root().parent), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C of a terminal is the parent's to handle
        )
        self.ready = False
        self.letters = 0

    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes] | None:
        """Return the answer, or None when the child broke a limit or died; it is ended then."""
        self.require_ready()
        self.letters += 1
        return self._heard(request, seconds)

    def require_ready(self) -> None:
        """Wait until it is warm; raises ServiceUnavailable when it cannot start."""
        if not self.ready:
            self.ready = self._heard(None, START_SECONDS) is not None
            if not self.ready:
                hint = _("pasang {packages}", packages=PACKAGES)
                raise errors.ServiceUnavailable(service=_("pembuat surat"), hint=hint)

    def end(self) -> None:
        """End the process and wait for it: no zombie stays behind."""
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                _close(stream)
        self.process.wait()

    def _heard(self, request: dict[str, Any] | None, seconds: float) -> tuple[dict[str, Any], bytes] | None:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            return None
        limit = threading.Timer(seconds, self.process.kill)
        limit.daemon = True
        limit.start()
        answer = None
        try:
            if request is not None:
                pipe.send(stdin, {**request, "turn": self.letters})
            answer = pipe.receive(stdout)
            # An answer left in the pipe by an interrupted caller is nobody's letter.
            if answer is not None and answer[0]["turn"] != self.letters:
                answer = None
        except BrokenPipeError:
            answer = None
        finally:
            limit.cancel()
            # Also when a worker's own time limit interrupts us.
            if answer is None or "spent" in answer[0]:
                self.end()
        return answer


class Renderer:
    """Makes letters in `processes` children. Any thread may call it; `close` it, or use it in a `with`."""

    def __init__(  # each limit is one number
        self,
        root: Path,
        extra: Path | None = None,
        *,
        processes: int = 1,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        letters: int = LETTERS,
    ) -> None:
        self._root, self._extra = str(root), str(extra) if extra else None
        self._processes, self._seconds, self._memory, self._letters = processes, seconds, memory, letters
        self._open()

    def warm(self, *, wait: bool = False) -> None:
        """Start the children now; `wait` until they are ready."""
        self._after_fork()
        for _slot in range(self._free.qsize()):
            self._free.put(self._living(self._free.get()))
        for child in self._children if wait else ():
            child.require_ready()

    def render(self, kind: str, facts: Facts) -> Rendered:
        """Return the letter; raises LetterFailed, for this letter alone, or ServiceUnavailable."""
        self._after_fork()
        request = {"kind": kind, "facts": facts, "root": self._root, "extra": self._extra, "seconds": self._seconds}
        child = self._free.get()
        try:
            child = self._living(child)
            answer = child.ask(request, self._seconds)
        finally:
            self._free.put(self._renewed(child))
        if answer is None:
            reason = _("melewati batas {n} detik atau batas memori", n=round(self._seconds))
            raise errors.LetterFailed(letter=kind, reason=reason)
        header, pdf = answer
        if "failed" in header:
            raise errors.LetterFailed(letter=kind, reason=Sentence(header["failed"], **header["data"]))
        said = {key: header[key] for key in ("sha256", "pages", "subject", "template_digest", "engine")}
        return Rendered(pdf=pdf, **said)

    def close(self) -> None:
        """End the children, after the letters they are making."""
        for _slot in range(self._processes):
            if child := self._free.get():
                self._children.discard(child)
                child.end()
        for _slot in range(self._processes):
            self._free.put(None)
        self._finish.detach()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def _open(self) -> None:
        self._pid = os.getpid()
        self._free: LifoQueue[Child | None] = LifoQueue()
        self._children: set[Child] = set()
        for _slot in range(self._processes):
            self._free.put(None)
        self._finish = weakref.finalize(self, _end_all, self._children)

    def _after_fork(self) -> None:
        """A forked process must not speak to its parent's children: it starts its own."""
        if self._pid != os.getpid():
            for child in self._children:
                child.process.returncode = 0  # not ours to wait for
            self._finish.detach()
            self._open()

    def _living(self, child: Child | None) -> Child:
        if child is not None and child.alive():
            return child
        if child is not None:
            self._children.discard(child)
            child.end()
        fresh = Child(self._memory, self._root, self._extra)
        self._children.add(fresh)
        return fresh

    def _renewed(self, child: Child | None) -> Child | None:
        """Replace a child that has made its share of letters, before anybody waits for it."""
        if child is None or (child.letters < self._letters and child.alive()):
            return child
        self._children.discard(child)
        child.end()
        return self._living(None) if child.letters >= self._letters else None


def _end_all(children: set[Child]) -> None:
    for child in children:
        child.end()


def _close(stream: Any) -> None:  # noqa: ANN401 - either end of a pipe
    try:
        stream.close()
    except BrokenPipeError:
        return  # what was unsent has no reader any more
