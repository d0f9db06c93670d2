"""A process that makes letters of every kind for bench/letters.py, plainly or as the product does."""

import sys
from collections.abc import Callable
from datetime import datetime
from time import process_time

from weasyprint import HTML, Attachment

from caseflow.letters import catalogue, pdf, render
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.facts import Facts, canonical
from caseflow.letters.pdf import VARIANT, Made
from caseflow.paths import templates_root

Make = Callable[[str, int], bytes]
LETTERS = templates_root() / "letters"


def main(way: str) -> None:
    """Answer each name of a kind with the CPU seconds of one such letter."""
    kinds = catalogue.load(LETTERS)
    make = {"plain": _plain, "own": _own}[way](kinds)
    for number, line in enumerate(sys.stdin):
        start = process_time()
        make(line.strip(), number)
        print(process_time() - start, flush=True)


def _own(kinds: dict[str, LetterKind]) -> Make:
    pdf.warm_up()
    pdf.settle()
    return lambda name, number: _made(kinds[name], number, []).pdf


def _plain(kinds: dict[str, LetterKind]) -> Make:
    """The same templates, sheet, logo and attachment, given to the engine as the first page of its manual does.

    It lays a letter out as often: one that is a few lines too long for its page is set one size smaller.
    """
    root = f"{LETTERS.as_uri()}/"
    linked = f'<link rel="stylesheet" href="{root}_base/letter.css"/></head>'
    tried: dict[str, list[tuple[bool, int]]] = {}

    def make(name: str, number: int) -> bytes:
        if name not in tried:
            _made(kinds[name], number, tried.setdefault(name, []))
        facts = _facts(kinds[name], number)
        document = None
        for tight, pages in tried[name]:
            html = render.html(kinds[name], facts, tight=tight, pages=pages).replace(render.ASSETS, root)
            document = HTML(string=html.replace("</head>", linked)).render(pdf_variant=VARIANT)
        assert document is not None
        attached = Attachment(string=canonical(facts).decode(), name="fakta-surat.json", relationship="Data")
        made: bytes = document.write_pdf(pdf_variant=VARIANT, attachments=[attached])
        return made

    return make


def _facts(kind: LetterKind, number: int) -> Facts:
    """No two letters are equal: each has a number and a code of its own."""
    facts = catalogue.sample(kind)
    facts["number"] = f"400.9/{number:04d}/409.12/2026"
    if facts["check"]:
        facts["check"]["url"] = facts["check"]["url"][:-5] + f"{number:05d}"
    return facts


def _made(kind: LetterKind, number: int, tried: list[tuple[bool, int]]) -> Made:
    facts = _facts(kind, number)

    def page(tight: bool, pages: int) -> str:  # noqa: FBT001 - as pdf.make calls it
        tried.append((tight, pages))
        return render.html(kind, facts, tight=tight, pages=pages)

    slips = bool(kind.reply and kind.reply.slip) + kind.annex
    return pdf.make(kind, page, canonical(facts), datetime.fromisoformat(facts["made_at"]), slips=slips)


if __name__ == "__main__":
    main(sys.argv[1])
