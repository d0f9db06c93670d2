"""Form of a check in a registry."""

from caseflow import access
from caseflow.actions import registry
from caseflow.actions.registry import AddCheck
from caseflow.errors import _
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

LISTED = (("yes", _("Terdaftar")), ("no", _("Tidak terdaftar")))


def add(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "person")

    def save(to: Saving, answers: Answers) -> str | None:
        decile = answers["decile"]
        command = AddCheck(
            case=asking.number,
            system=answers["system"],
            listed=answers["listed"] == "yes",
            identifier=as_text(answers["identifier"]),
            year=answers["year"],
            decile=int(decile) if decile else None,
            checked_on=as_date(answers["checked_on"]),
            note=as_text(answers["note"]),
            expected_version=to.version,
        )
        registry.add_check(to.session, command, by=to.by, at=to.at)
        return None

    systems = tuple((code, system.name) for code, system in registry.systems(asking.session).items())
    questions = (
        Question(key="system", label=_("Data mana yang diperiksa?"), type="choice", choices=systems),
        Question(key="listed", label=_("Apakah terdaftar?"), type="choice", choices=LISTED),
        Question(
            key="decile",
            label=_("Desil berapa?"),
            type="choice",
            choices=tuple((str(n), str(n)) for n in registry.DECILES),
            hint=_("1 berarti paling miskin. Kosongkan bila data ini tidak memberi desil."),
            required=False,
        ),
        event_question(asking, "checked_on", _("Kapan diperiksa?"), _("Hari melihat datanya, bukan hari mengetik.")),
        Question(key="identifier", label=_("Nomor dalam data itu"), type="text", required=False),
        Question(key="year", label=_("Tahun data"), type="integer", required=False),
        Question(key="note", label=_("Catatan"), type="longtext", required=False),
    )
    return Sheet(title=_("Catat pemeriksaan data terpadu"), questions=questions, save=save, back="/registri")
