"""Errors as pages: a sentence, what it means for what was typed, and where to go on."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caseflow.errors import CaseflowError, NotAuthenticated, NotFound, Sentence, StepRefused, TooManyAttempts, _
from caseflow.i18n import error_data, error_message, translate
from caseflow.web.kept import log_in_page, send_again_page
from caseflow.web.page import HEADERS, READS, CrossOrigin, Interrupted, Page, render

FOREIGN = _("Formulir ini dikirim dari luar caseflow, jadi tidak dijalankan.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error page says."""

    title: Sentence
    advice: Sentence


TITLES: dict[int, Fault] = {
    400: Fault(_("Alamat ini bukan milik instalasi"), _("Periksa alamatnya, lalu buka lagi.")),
    403: Fault(_("Bukan wewenang Anda"), _("Kembali, atau minta orang yang berwenang melakukannya.")),
    404: Fault(
        _("Halaman ini tidak ada"),
        _("Periksa nomornya, atau cari lewat menu Cari. Bila Anda yakin kasusnya ada, tanyakan kepada supervisor."),
    ),
    405: Fault(_("Halaman ini tidak ada"), _("Kembali ke pekerjaan Anda, lalu buka halamannya dari sana.")),
    409: Fault(_("Sudah berubah"), _("Muat ulang halaman sebelumnya, periksa perubahannya, lalu ulangi.")),
    413: Fault(_("Kiriman terlalu besar"), _("Tidak ada yang tersimpan. Kembali, pendekkan isinya, lalu kirim lagi.")),
    422: Fault(_("Belum dapat dijalankan"), _("Kembali; bila yang disebut di atas sudah beres, ulangi.")),
    429: Fault(_("Terlalu sering"), _("Tunggu sebentar, lalu ulangi.")),
    500: Fault(
        _("Ada yang tidak beres di sistem kami"),
        _("Tidak ada yang tersimpan setengah jalan. Kembali, lalu kirim sekali lagi."),
    ),
    503: Fault(_("Belum dapat dilayani"), _("Tidak ada yang tersimpan setengah jalan. Tunggu sebentar, lalu ulangi.")),
}
AGAIN = _("Tidak ada yang berubah. Muat ulang halaman ini sebentar lagi.")
"""Advice after a fault of ours where nothing was sent."""


def number_of(request: Request) -> str:
    """Return the number under which the server's log has this request; "" where the guard did not see it."""
    return str(getattr(request.state, "request_id", ""))


def page_of(page: Page, error: Exception) -> Response:
    """Return the answer to an error that a view let through."""
    if isinstance(error, Interrupted):
        again = send_again_page if error.signed_in else log_in_page
        return again(page, error.posted)
    if isinstance(error, CrossOrigin):
        return _page(page, 403, translate(FOREIGN, page.lang))
    if isinstance(error, NotAuthenticated):
        back = page.path if page.path != "/" else ""
        return RedirectResponse(f"/masuk?ke={quote(back)}" if back else "/masuk", 303, dict(HEADERS))
    if isinstance(error, CaseflowError):
        unmet = error_data(error, page.lang)["unmet"] if isinstance(error, StepRefused) else []
        text = "" if error.status == HTTPStatus.INTERNAL_SERVER_ERROR else error_message(error, page.lang)
        answer = _page(page, error.status, text, unmet)
        if isinstance(error, TooManyAttempts):
            answer.headers["Retry-After"] = str(error.data.get("seconds", 60))
        return answer
    return _page(page, 500, "")


def missing_page(page: Page) -> Response:
    """Return the one page for what does not exist and for what the reader may not see."""
    return page_of(page, NotFound())


def _page(page: Page, status: int, text: str, unmet: list[dict[str, str]] | None = None) -> Response:
    known = status if status in TITLES else 500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 422
    fault, ours = TITLES[known], known == HTTPStatus.INTERNAL_SERVER_ERROR
    return render(
        page,
        "fault.html",
        status=status,
        title=fault.title,
        advice=AGAIN if ours and page.request.method in READS else fault.advice,
        number=number_of(page.request) if ours else "",
        text=text,
        unmet=unmet or [],
    )
