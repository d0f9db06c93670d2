"""Letters a second beside WeasyPrint used plainly, both making the same tagged PDF/A-3a of the same page."""

from collections.abc import Iterator
from datetime import datetime
from time import process_time

from weasyprint import HTML, Attachment

from bench.figures import Figure
from caseflow.actions.letters import letters_root
from caseflow.letters import catalogue, pdf, render
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.facts import Facts, canonical
from caseflow.letters.pdf import VARIANT

COUNT = 60
QUICK = 12
KIND = "rjk-rs"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the ratio, by CPU time of one core."""
    kind = catalogue.load(letters_root())[KIND]
    facts = catalogue.sample(kind)
    count = QUICK if quick else COUNT
    pdf.warm_up()
    _tuned(kind, facts)
    page = render.html(kind, facts, pages=2)
    _plain(page)
    tuned = plain = 0.0
    for _n in range(count):
        start = process_time()
        _tuned(kind, facts)
        middle = process_time()
        _plain(page)
        tuned, plain = tuned + middle - start, plain + process_time() - middle
    note = (
        f"{count / tuned:.1f} letters a second and core beside {count / plain:.1f} of plain WeasyPrint, two pages each"
    )
    yield Figure("letters", round(plain / tuned, 2), "times plain", 1.6, note)


def _tuned(kind: LetterKind, facts: Facts) -> None:
    pdf.make(
        kind,
        lambda tight, pages: render.html(kind, facts, tight=tight, pages=pages),
        canonical(facts),
        datetime.fromisoformat(facts["made_at"]),
        slips=1,
    )


def _plain(page: str) -> None:
    attached = Attachment(string="{}", name="fakta-surat.json", relationship="Data")
    HTML(string=page, base_url=str(letters_root() / "_base")).write_pdf(pdf_variant=VARIANT, attachments=[attached])
