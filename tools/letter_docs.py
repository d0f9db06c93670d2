"""Writes docs/letters.md out of the letter folders and the category files: to whom, who signs, what it asks, where.

`python tools/letter_docs.py` says whether the page is what the files say; with --write it writes the page.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from caseflow.definitions import catalogue
from caseflow.letters import catalogue as letter_catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.paths import categories_root, templates_root
from caseflow.states.category import Category
from caseflow.states.lifecycle import STATES
from caseflow.states.sharing import INSTITUTIONS, PURPOSES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "letters.md"
SHAPES = {"korespondensi": "letter", "judul": "deed"}
SIGNERS = {
    "official": "the official",
    "two_parties": "two parties",
    "team": "those present, in a table",
    "citizen": "the citizen, and a witness",
    "author": "the social worker who wrote it",
}
READERS = {
    "family": "the family or the person, by name",
    "several": "several posts",
    "none": "-",
}
HEAD = """# The letters

Written by `python tools/letter_docs.py --write` out of the letter folders and the category files; a test says when it
is not current. [How to add or change one](how-to/add-a-letter.md). All of them, from their samples
(`python tools/contact_sheet.py`):

![The first page of each letter](img/letters.png)

SKTM is not among them: it is the village's letter, which the office recommends and does not issue. A *letter* has an
addressee (korespondensi: Nomor, Sifat, Lampiran, Hal), a *deed* a title (judul: berita acara, surat tugas, keterangan).
What the record holds is taken from there and cannot be said otherwise; what is **bold** whoever issues it must say.

**What was checked.** Tests read each letter with pikepdf: tags and their order, languages, fonts, marks, the attached
facts. `python tools/preflight.py` holds each against Apache PDFBox's preflight 2.0.27 (Java, Debian's
`libpdfbox2-java`; not part of the tests): 26 letters, no fault. It knows PDF/A-1b alone, as PDFBox never learned
PDF/A-3, so five of its findings are left out by their code, which PDF/A-3 allows: embedded files (two),
cross-reference streams, a filter on the metadata, subsets of fonts without CIDSet. A letter without its fonts or its
colour profile, or with a script, is found (tried by hand). Neither checks PDF/A-3 or PDF/UA-1 as a whole: veraPDF
does, and was not run (Java too, in no package index that the project installs from).

Many at once, by page, command or API: [how](how-to/many-letters-and-cases.md).
Signed by the office itself where it has a certificate: [how](how-to/sign-letters-by-a-certificate.md).

**Initials (paraf).** An office may say which posts initial which letters before they have a number, on
`/sistem/paraf`, by `caseflow letter initials set` or over the API; nothing set, a letter is numbered at once. A
letter then is drafted (frozen facts, no number, KONSEP), initialled post by post on `/paraf`, and numbered with the
last initial. A draft that is returned or withdrawn took no number; a letter of an emergency waits for nobody.
Initials are not printed: the register and the history of the case say who gave theirs
([why](decisions/0023-a-letter-waits-for-initials-before-its-number.md)).
"""


def page() -> str:
    """Return the whole page."""
    kinds = letter_catalogue.load(templates_root() / "letters")
    categories = catalogue.load(categories_root(), letters=frozenset(kinds))
    listed = sorted(kinds.values(), key=lambda kind: (kind.shape != "korespondensi", kind.code))
    parts = [HEAD, "\n".join(_overview(listed)), *("\n".join(_chapter(k, list(categories.values()))) for k in listed)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _overview(listed: list[LetterKind]) -> Iterator[str]:
    yield "| Code | Letter | In English | Shape | To | Signed by |"
    yield "|---|---|---|---|---|---|"
    for kind in listed:
        title, to = f"[{kind.title.id}](#{kind.code.lower()})", _reader(kind)
        yield f"| {kind.code} | {title} | {kind.title.en} | {SHAPES[kind.shape]} | {to} | {SIGNERS[kind.signature]} |"


def _reader(kind: LetterKind) -> str:
    return READERS.get(kind.addressee) or INSTITUTIONS[kind.addressee].en


def _chapter(kind: LetterKind, categories: list[Category]) -> Iterator[str]:
    used = [c.code for c in categories if any(u.letter == kind.name for u in c.letters)]
    told = [f"**{f.label.id}**" if f.required and not f.source else f.label.id for f in kind.fields]
    yield f"## {kind.code}"
    yield ""
    yield f"*{kind.title.id}*, folder `{kind.name}`."
    yield ""
    usual = f"; mostly at {', '.join(STATES[s].id for s in kind.usual)}" if kind.usual else ""
    yield f"- **Issued at**: {', '.join(STATES[s].id for s in kind.states)}{usual}."
    yield f"- **In**: {'every category' if len(used) == len(categories) else ', '.join(sorted(used))}."
    if kind.consent:
        yield f"- **Consent**: {PURPOSES[kind.consent].id}, for this receiver."
    if kind.closed_file.reason:
        yield f"- **Names a closed file (R3)**: {kind.closed_file.reason.id}"
    if kind.identity:
        yield f"- **Tells of the person**: {', '.join(kind.identity)}."
    yield f"- **Says**: {'; '.join(told) or 'nothing else'}."
    if kind.reply:
        answers = ", ".join(outcome.label.id for outcome in kind.reply.outcomes)
        yield f"- **Answer** within {kind.reply.days} working days: {answers}."


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="instead of docs/letters.md")
    options = parser.parse_args(arguments)
    wanted = page()
    if options.write:
        options.page.write_text(wanted, "utf-8")
        return 0
    if options.page.is_file() and options.page.read_text("utf-8") == wanted:
        return 0
    print(f"{options.page}: not current; run python tools/letter_docs.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
