"""The form that asks for an erasure: who asked, on which basis, why."""

from caseflow import access
from caseflow.actions import erasure
from caseflow.actions.erasure import BASES, AskErasure
from caseflow.errors import NotFound, _
from caseflow.states.lifecycle import CLOSED
from caseflow.web.questions import Question, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet

WAITS = _(
    "Berkas disimpan dahulu selama {years} tahun sejak kasus terakhir ditutup, kecuali datanya diperoleh atau diproses "
    "melawan hukum. Permintaan boleh dicatat sekarang."
)


def ask(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "ask_erasure")
    if asking.work.facts.erased:
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = AskErasure(
            case=asking.number,
            basis=as_text(answers["basis"]),
            applicant=as_text(answers["applicant"]),
            reason=as_text(answers["reason"]),
            evidence=as_text(answers["evidence"]),
            expected_version=to.version,
        )
        erasure.ask_erasure(to.session, command, by=to.by, at=to.at)
        return "erasure_asked"

    shut = None
    if asking.work.row.state != CLOSED:
        shut = _("Data orang yang masih ditangani tidak dihapus. Tutup atau hentikan kasusnya dahulu.")
    years = asking.session.settings.retention_years
    return Sheet(
        title=_("Minta penghapusan data"),
        intro=(
            _("Kepala dinas yang memutuskan. Yang disetujui tidak dapat dikembalikan oleh siapa pun."),
            asking.teller.say(WAITS, years=years),
        ),
        questions=(
            Question(
                key="basis",
                label=_("Atas dasar apa?"),
                type="choice",
                choices=tuple((key, basis.label) for key, basis in BASES.items()),
            ),
            Question(key="applicant", label=_("Siapa yang meminta?"), hint=_("Nama, dan hubungannya dengan klien.")),
            Question(key="reason", label=_("Apa alasannya?"), type="longtext"),
            Question(
                key="evidence",
                label=_("Bagaimana pemohon dikenali?"),
                hint=_("Misalnya KTP yang dicocokkan, atau nomor surat permohonan."),
                required=False,
            ),
        ),
        button=_("Kirim permintaan"),
        save=save,
        shut=shut,
    )
