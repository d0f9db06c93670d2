"""`caseflow case`: another category for a case, and another area: offered, accepted, refused, taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import changing, offers, transfers
from caseflow.actions.casework import Done
from caseflow.actions.changing import ChangeCategory, Tried
from caseflow.actions.offers import Offer, Passing
from caseflow.actions.transfers import AnswerTransfer, OfferTransfer
from caseflow.cli import forms, speech
from caseflow.cli.acting import report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, Json, Note, Number, Reason, Version
from caseflow.cli.speech import as_json, heading, label, language, say, show, table
from caseflow.errors import Sentence, _
from caseflow.i18n import translate
from caseflow.states.category import Text
from caseflow.states.lifecycle import STATES, STEPS
from caseflow.store.session import Session

CHANGE_HELP = _(
    """Ubah kategori kasus terbuka; dengan --dry-run ditunjukkan saja akibatnya.

  caseflow case change-category 6310-2026-000123 KPO --dry-run --by sari
  caseflow case change-category 6310-2026-000123 KPO --reason "Ternyata korban perdagangan orang" --by sari

Jawaban yang ditanyakan juga oleh kategori baru ikut; yang lain tinggal di riwayat. Berkas menjadi setertutup kategori
barunya saat itu juga. Menjadi kurang tertutup hanya dengan --lower-reason. MAP.toml seperti pada caseflow category
migrate. Nomor kasus tetap."""
)
TRANSFER_HELP = _(
    """Tawarkan kasus kepada wilayah lain. Sampai diterima di sana, kasus tetap ditangani di sini.

  caseflow case transfer 6310-2026-000123 63.02.01.2001 --reason "Klien pindah" --handed "Bantuan Juni" --by sari

Wilayah yang tidak memakai caseflow ini: hentikan kasus (terminate, alasan transferred) dan kirim surat."""
)
ACCEPT_HELP = _(
    """Terima kasus yang ditawarkan kepada wilayah Anda, dan tunjuk pendampingnya.

ID-nya ada dalam daftar tawaran:
  caseflow case transfers --by luarsup
  caseflow case accept-transfer ID --to luar --by luarsup"""
)
Id = Annotated[str, typer.Argument(metavar="ID", help=_("Id tawaran: caseflow case transfers."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "change-category", CHANGE_HELP)(change_category)
    verb(app, "transfer", TRANSFER_HELP)(transfer)
    verb(app, "transfers", _("Kasus yang ditawarkan kepada wilayah Anda, dan yang keluar dari sana."))(listing)
    verb(app, "accept-transfer", ACCEPT_HELP)(accept)
    verb(app, "refuse-transfer", _("Tolak kasus yang ditawarkan, dengan alasan."))(refuse)
    verb(app, "withdraw-transfer", _("Tarik kembali kasus yang ditawarkan."))(withdraw)


# --- another category ------------------------------------------------------------------------------------------------


def change_category(
    number: Number,
    category: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode kategori yang baru."))],
    *,
    by: By,
    reason: Reason = None,
    map_file: Annotated[str | None, typer.Option("--map", metavar="MAP.toml", help=_("Pemetaan jawaban."))] = None,
    lower_reason: Annotated[
        str | None,
        typer.Option("--lower-reason", metavar="TEXT", help=_("Mengapa berkasnya boleh kurang tertutup.")),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Tunjukkan saja."))] = False,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    command = ChangeCategory(
        case=number,
        category=category,
        reason=reason or "",
        mapping=forms.read_text(map_file, "--map") if map_file else "",
        lower_reason=lower_reason or "",
        expected_version=expected_version,
    )
    if dry_run:
        found = reading(by, lambda s, v, at: changing.try_category(s, command, by=v, at=at), case=number)
        _tell(found, json_wanted=json_wanted)
        return
    done = writing(by, lambda s, v, at: changing.change_category(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)


def _tell(found: Tried, *, json_wanted: bool) -> None:
    unmet = {s.step: s.unmet for s in found.unmet} | dict(found.passed)
    if json_wanted:
        as_json({
            "number": found.number, "version": found.version, "from": found.old.code, "to": found.new.code,
            "carried": [f"{a.stage}.{a.key}" for a in found.carried],
            "left": [{"answer": f"{a.stage}.{a.key}", "reason": _said(a.why)} for a in found.left],
            "unmet": {step: [u.guard for u in guards] for step, guards in unmet.items()},
            "confidentiality": {"before": found.before, "after": found.level, "least": found.least},
            "issue": {"before": found.issue[0], "after": found.issue[1]},
            "blocked": [_said(reason) for reason in found.blocked],
        })  # fmt: skip
        return
    show(
        _("{number}: {old} ke {new}. Kerahasiaan {before} ke {level}."),
        number=found.number, old=found.old.code, new=found.new.code, before=found.before, level=found.level,
    )  # fmt: skip
    for reason in found.blocked:
        show(_("Belum dapat: {reason}."), reason=_said(reason))
    heading(say(_("Jawaban yang ikut")))
    for answer in found.carried:
        typer.echo(f"  {answer.stage}.{answer.key}: {_word(answer.label)}")
    heading(say(_("Tinggal di riwayat, tidak ditanyakan lagi")))
    for answer in found.left:
        typer.echo(f"  {answer.stage}.{answer.key}: {_word(answer.label)} ({_said(answer.why)})")
    heading(say(_("Syarat yang belum terpenuhi dalam kategori baru")))
    for step, guards in unmet.items():
        for each in guards:
            typer.echo(f"  {label(STEPS[step].label)}: {label(each.label)}")


def _word(text: Text | str) -> str:
    return text if isinstance(text, str) else label(text)


def _said(sentence: Sentence | str) -> str:
    return translate(sentence, language())


# --- another area ----------------------------------------------------------------------------------------------------


def transfer(
    number: Number,
    area: Annotated[str, typer.Argument(metavar="AREA", help=_("Kode desa/kelurahan atau kecamatan tujuan."))],
    *,
    by: By,
    reason: Reason = None,
    handed: Annotated[str | None, typer.Option("--handed", metavar="TEXT", help=_("Yang diserahterimakan."))] = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    command = OfferTransfer(
        case=number, area=area, reason=reason or "", handed=handed or "", expected_version=expected_version
    )
    done = writing(by, lambda s, v, at: transfers.offer_transfer(s, command, by=v, at=at), case=number)
    report(done, json_wanted=json_wanted)


def accept(
    transfer_id: Id,
    *,
    to: Annotated[str, typer.Option("--to", metavar="USER", help=_("Pendamping yang akan menangani."))],
    by: By,
    note: Note = None,
    json_wanted: Json = False,
) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> Done:
        worker = forms.user_id(session, "assignee", to)
        command = AnswerTransfer(transfer=transfer_id, assignee=worker, reason=note or "")
        return transfers.accept_transfer(session, command, by=viewer, at=at)

    report(writing(by, act, case=transfer_id), json_wanted=json_wanted)


def refuse(transfer_id: Id, *, by: By, reason: Reason = None, json_wanted: Json = False) -> None:
    _answered(transfers.refuse_transfer, transfer_id, by, reason, json_wanted=json_wanted)


def withdraw(transfer_id: Id, *, by: By, reason: Reason = None, json_wanted: Json = False) -> None:
    _answered(transfers.withdraw_transfer, transfer_id, by, reason, json_wanted=json_wanted)


def _answered(action: Callable[..., Done], transfer_id: str, by: str, reason: str | None, *, json_wanted: bool) -> None:
    command = AnswerTransfer(transfer=transfer_id, reason=reason or "")
    done = writing(by, lambda s, v, at: action(s, command, by=v, at=at), case=transfer_id)
    report(done, json_wanted=json_wanted)


def listing(*, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda s, v, at: offers.listing(s, by=v, at=at))
    if json_wanted:
        as_json({name: [_row(offer) for offer in getattr(found, name)] for name in Passing.__slots__})
        return
    titles = [
        say(t) for t in (_("Nomor"), _("Dari"), _("Wilayah tujuan"), _("Tahap"), _("Tanggal"), _("Keadaan"), "id")
    ]
    for words, these in (
        (_("Ditawarkan kepada wilayah Anda"), found.coming),
        (_("Ditawarkan dari wilayah Anda"), found.going),
        (_("Sudah dijawab"), found.gone),
    ):
        heading(say(words))
        table(titles, [_line(offer) for offer in these])


def _line(offer: Offer) -> tuple[str, ...]:
    state = label(STATES[offer.case_state]) if offer.case_state else ""
    words = speech.say(STATE_WORDS[offer.state])
    day = (offer.answered_on or offer.offered_on).isoformat()
    return (offer.number, offer.from_area, offer.to_area, state, day, words, offer.id)


STATE_WORDS: dict[str, Sentence] = {
    "offered": _("menunggu jawaban"),
    "accepted": _("diterima"),
    "refused": _("ditolak"),
    "withdrawn": _("ditarik"),
}


def _row(offer: Offer) -> dict[str, object]:
    names = (
        "id", "number", "state", "case_state", "risk", "confidentiality", "from_office", "from_area", "to_office",
        "to_area", "offered_by", "offered_at", "due_at", "answered_by", "answered_on",
    )  # fmt: skip
    return {name: getattr(offer, name) for name in names}
