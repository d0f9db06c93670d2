"""The child process: reads requests from its standard input, writes letters to its standard output, until it closes."""

import os
import resource
import signal
import sys
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError

from caseflow import errors
from caseflow.errors import Sentence, _
from caseflow.i18n import terbilang
from caseflow.letters import catalogue, check, extract, pdf, pipe, render
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.facts import canonical

_kinds: dict[tuple[str, str, str | None], tuple[LetterKind, catalogue.Stamp]] = {}


def main(memory: int, root: Path, extra: Path | None) -> None:
    """Serve letters one at a time, until the parent hangs up or the memory limit was met."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with os.fdopen(os.dup(1), "wb") as answers, os.fdopen(os.dup(0), "rb") as requests:
        os.dup2(2, 1)  # nothing but answers may reach the pipe
        terbilang(1)
        pdf.warm_up()
        _warm_up(root, extra)
        pdf.settle()
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        pipe.send(answers, {"turn": 0})
        while received := pipe.receive(requests):
            request = received[0]
            # The parent ends us at the limit; should it die first, the alarm does.
            signal.setitimer(signal.ITIMER_REAL, request["seconds"] + 1)
            header, content = _served(request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            pipe.send(answers, {**header, "turn": request["turn"]}, content)
            if header.get("spent"):
                return
            pdf.tidy_up()


def _warm_up(root: Path, extra: Path | None) -> None:
    """Open every kind we ship and compile it, and make two letters nobody gets: a plain one and one with a slip.

    What an office wrote waits until it is asked for: by then our limits hold.
    """
    try:
        own = {file.name for file in extra.iterdir()} if extra else set()
        beside = None if catalogue.BASE in own else extra
        shipped = [file.parent.name for file in sorted(root.glob("*/letter.toml")) if file.parent.name not in own]
        kinds = [catalogue.load_one(name, root, beside) for name in shipped]
        for kind in kinds:
            _kinds[kind.name, str(root), str(beside) if beside else None] = (kind, catalogue.stamp(kind))
            render.compile_templates(kind)
    except (OSError, ValueError, errors.BrokenLetters, TemplateSyntaxError):
        return  # whoever asks for a letter is told
    where = {"root": str(root), "extra": str(beside) if beside else None}
    for kind in (*kinds[:1], *islice((kind for kind in kinds if kind.reply), 1)):
        _served({"kind": kind.name, "facts": catalogue.sample(kind), **where})


def _served(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        return _letter(request)
    except errors.LetterFailed as refusal:
        return _failed(refusal.data["reason"]), b""
    except errors.CaseflowError as refusal:
        return _failed(Sentence(refusal.template, **refusal.data)), b""
    except TemplateSyntaxError as problem:
        where = _("templat {name} baris {line}: {what}", name=problem.name, line=problem.lineno, what=problem.message)
        return _failed(where), b""
    except (MemoryError, RecursionError):
        return {**_failed(_("templatnya memakai terlalu banyak memori")), "spent": True}, b""
    except Exception as problem:  # noqa: BLE001 - whatever a template provokes is the letter's failure, not the server's
        return _failed(f"{type(problem).__name__}: {problem}"[:500]), b""


def _failed(reason: str) -> dict[str, Any]:
    if isinstance(reason, Sentence):
        return {"failed": reason.msgid, "data": {key: str(value) for key, value in reason.data.items()}}
    return {"failed": reason, "data": {}}


def _letter(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    facts = request["facts"]
    if request["kind"] == extract.NAME:
        return _extract(Path(request["root"]), facts)
    kind = _kind(request["kind"], request["root"], request["extra"])
    check.require(kind, facts)
    made = pdf.make(
        kind,
        lambda tight, pages: render.html(kind, facts, tight=tight, pages=pages),
        canonical(facts),
        datetime.fromisoformat(facts["made_at"]),
        slips=bool(kind.reply and kind.reply.slip) + kind.annex,
        lasting=[facts["office"]["logo"]] if facts["office"]["logo"] else [],
    )
    header = {
        "sha256": sha256(made.pdf).hexdigest(),
        "pages": made.pages,
        "subject": render.subject(kind, facts),
        "template_digest": catalogue.template_digest(kind),
        "engine": pdf.ENGINE,
    }
    return header, made.pdf


def _extract(root: Path, facts: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    made = pdf.make(
        extract.Extract(extract.NAME, (root,)),
        lambda _tight, pages: extract.html(root, facts, pages=pages),
        extract.attached(facts),
        datetime.fromisoformat(facts["made_at"]),
        slips=0,
    )
    header = {
        "sha256": sha256(made.pdf).hexdigest(),
        "pages": made.pages,
        "subject": facts["title"],
        "template_digest": extract.digest(root),
        "engine": pdf.ENGINE,
    }
    return header, made.pdf


def _kind(name: str, root: str, extra: str | None) -> LetterKind:
    """Return the kind as its files are now: an office may edit a template while we run."""
    key = (name, root, extra)
    known = _kinds.get(key)
    if known is None or catalogue.stamp(known[0]) != known[1]:
        if any(catalogue.stamp(read) != stamp for read, stamp in _kinds.values()):
            pdf.forget()
            render.forget()
        kind = catalogue.load_one(name, Path(root), Path(extra) if extra else None)
        known = _kinds[key] = (kind, catalogue.stamp(kind))
    return known[0]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), next(map(Path, sys.argv[3:]), None))
