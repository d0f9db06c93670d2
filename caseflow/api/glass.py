"""Break-the-glass over the API: a closed file is opened in need by its number and with a reason, for three hours."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.actions import glass
from caseflow.api import door
from caseflow.api.door import Writer
from caseflow.api.fields import Body, Line, Note

router: APIRouter = door.routes("Kasus")


class OpenClosedFile(Body):
    """A closed file that has to be read now; the reason is read by its team and the supervisors."""

    number: Line = Field(examples=["6310-2026-000123"])
    reason: Note = Field(examples=["Klien dibawa ke IGD malam ini, obatnya harus diketahui."])


@door.writes(router.post, "/closed-files/open", "Buka berkas tertutup dalam keadaan darurat")
def open_file(caller: Writer, body: OpenClosedFile) -> Response:
    """Buka satu berkas tertutup (R3) untuk dibaca selama tiga jam; tercatat, dan timnya diberi tahu.

    Sesudah itu berkas terbaca lewat alamat kasusnya. Nomor yang tidak ada, tidak tertutup, atau di wilayah lain
    dijawab sama: 404.
    """
    command = glass.OpenFile(case=body.number, reason=body.reason)
    return door.act(caller, body.number, glass.open_file, command)
