"""Checks of what an office defines: the categories its cases follow, the lists of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime

from caseflow.actions import operations
from caseflow.cli.finding import FAIL, WARN, Check
from caseflow.cli.speech import cell
from caseflow.errors import CaseflowError, _, listed
from caseflow.store import offices
from caseflow.store.session import Session


def categories(session: Session, _at: datetime) -> Iterator[Check]:
    """Look whether every category that cases follow is there, with guards this version knows."""
    if not session.categories:  # none could be read: the check of the files says why, and none is to be blamed here
        return
    try:
        operations.require_definitions(session)
    except CaseflowError as broken:
        yield Check(
            _("kategori"),
            FAIL,
            str(broken),
            _("Kembalikan berkasnya, atau pakai versi caseflow yang mengenal syaratnya."),
        )


def lists(session: Session, _at: datetime) -> Iterator[Check]:
    """Name the office's lists that are gone or wrong while the program runs, and those that rows ask for."""
    name, back = _("daftar kantor"), _("Kembalikan atau perbaiki berkas itu; sampai itu versi benar terakhir dipakai.")
    zone = offices.first_zone(session) or UTC
    for one in operations.stale_lists(session):
        said = {"files": listed(map(str, one.files)), "at": cell(one.since, zone)}
        gone = _("{files} hilang, diketahui sejak {at}", **said)
        yield Check(name, WARN, gone if one.gone else _("{files} salah, diketahui sejak {at}", **said), back)
    try:
        missing = operations.unlisted(session)
    except CaseflowError:  # the check of the categories names what is wrong in which list
        return
    for file, codes in missing.items():
        found = _("{codes} tercatat, tetapi tidak ada dalam daftar", codes=", ".join(codes))
        yield Check(name, WARN, found, _("Kembalikan {file} di folder kategori kantor.", file=str(file)))
