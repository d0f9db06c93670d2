"""The list of the case conferences of a case."""

from typing import Any

from caseflow import access
from caseflow.actions import conferences
from caseflow.actions.conferences import CANCELLED, PLANNED, Conference
from caseflow.actions.plan import PLANNING
from caseflow.errors import _
from caseflow.states.lifecycle import CLOSED
from caseflow.store.conferences import HELD
from caseflow.web.environment import Words
from caseflow.web.opened import Looked
from caseflow.web.row import Row

BADGES = {
    PLANNED: ("plain", "", _("Direncanakan")),
    HELD: ("done", "done", _("Bernotulen")),
    CANCELLED: ("plain", "no", _("Dibatalkan")),
}


def listed(seen: Looked) -> dict[str, Any]:
    """Return what the page says of the conferences of a case."""
    number = seen.view.row.number
    may = bool(seen.work.roles.intersection(access.ACTS["conference"])) and seen.view.row.state != CLOSED
    found = conferences.of_case(seen.work)
    add: tuple[tuple[str, Words], ...] = (
        (f"/kasus/{number}/pembahasan/baru", _("Rencanakan pembahasan")),
        (f"/kasus/{number}/pembahasan/notulen", _("Catat notulen tanpa undangan")),
    )
    return {
        "title": _("Pembahasan kasus"),
        "intro": _("Case conference: pertemuan lembaga yang terlibat untuk menyatukan langkah penanganan kasus ini."),
        "rows": [_row(each, seen, may=may) for each in found],
        "empty": _("Belum ada pembahasan kasus."),
        "add": add if may else (),
    }


def _row(found: Conference, seen: Looked, *, may: bool) -> Row:
    teller = seen.teller
    lines: list[Words] = [", ".join(part for part in (found.time, found.place) if part)]
    lines.append(_("Acara: {text}", text=found.agenda) if found.agenda else "")
    lines.append(_("Dipimpin {who}", who=found.chair) if found.chair else "")
    people = found.present or found.invited
    who = "; ".join(", ".join(row) for row in people)
    lines.append((_("Hadir: {who}", who=who) if found.present else _("Diundang: {who}", who=who)) if people else "")
    lines.append(found.discussion)
    lines += [_("Keputusan: {text}", text=", ".join(row)) for row in found.decisions]
    lines.append(_("Alasan: {text}", text=found.reason) if found.reason else "")
    base = f"/kasus/{seen.view.row.number}/pembahasan/{found.id}"
    acts: tuple[tuple[str, Words], ...] = ()
    if may and found.status == PLANNED:
        acts = ((f"{base}/notulen", _("Catat notulen")), (f"{base}/batal", _("Batalkan")))
    elif may and found.decisions and seen.view.row.state in PLANNING:
        acts = ((f"{base}/rencana", _("Jadikan kegiatan rencana")),)
    return Row(teller.full_day(found.meets_on), tuple(line for line in lines if line), BADGES[found.status], acts)
