"""The forms that plan a case conference, write its minutes, call it off, and make its decisions part of the plan."""

from collections.abc import Mapping

from caseflow import access
from caseflow.actions import conferences, plan
from caseflow.actions.conferences import (
    CancelConference,
    Conference,
    HoldConference,
    PlanConference,
    cancel_conference,
    hold_conference,
    plan_conference,
)
from caseflow.actions.plan import AddItem
from caseflow.errors import NotFound, _
from caseflow.web.environment import Words
from caseflow.web.questions import Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "/pembahasan"
NO_NAMES = _("Undangan dibaca banyak orang: acara, tempat, dan waktunya tidak memuat nama atau keadaan klien.")
UNNAMED = _("Kebutuhan dan pilihan layanan; tanpa nama dan diagnosis, karena notulennya dibawa yang hadir.")


def add(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "conference")

    def save(to: Saving, answers: Answers) -> str | None:
        words = {key: as_text(answers[key]) for key in ("time", "place", "agenda", "chair")}
        command = PlanConference(
            case=asking.number,
            meets_on=as_date(answers["meets_on"]),
            invited=answers["invited"] or (),
            expected_version=to.version,
            **words,
        )
        plan_conference(to.session, command, by=to.by, at=to.at)
        return None

    columns = (_("Nama"), _("Jabatan atau instansi"))
    questions = (
        Question(key="meets_on", label=_("Tanggal berapa?"), type="date"),
        Question(key="time", label=_("Pukul berapa?"), hint=_("Misalnya 09.00 WITA."), limit=60),
        Question(key="place", label=_("Di mana?"), limit=conferences.LONGEST_LINE),
        Question(key="agenda", label=_("Apa acaranya?"), hint=NO_NAMES, limit=conferences.LONGEST_AGENDA),
        Question(key="chair", label=_("Siapa yang memimpin?"), required=False, limit=conferences.LONGEST_LINE),
        Question(key="invited", label=_("Siapa yang diundang?"), type="table", columns=columns),
    )
    intro = (_("Undangannya surat UND-CC; isinya diambil dari sini."),)
    return Sheet(title=_("Rencanakan pembahasan"), intro=intro, questions=questions, save=save, back=BACK)


def minutes(asking: Asking) -> Sheet:
    """Ask for the minutes of a planned conference, or of one that was not planned here."""
    access.require_act(asking.work.roles, "conference")
    planned = _found(asking) if asking.item else None

    def save(to: Saving, answers: Answers) -> str | None:
        command = HoldConference(
            case=asking.number,
            conference=asking.item or None,
            held_on=as_date(answers["held_on"]),
            place=as_text(answers["place"]),
            chair=as_text(answers["chair"]),
            present=answers["present"] or (),
            discussion=as_text(answers["discussion"]),
            decisions=answers["decisions"] or (),
            expected_version=to.version,
        )
        hold_conference(to.session, command, by=to.by, at=to.at)
        return None

    people = (_("Nama"), _("Jabatan atau instansi"))
    decided = (_("Keputusan"), _("Penanggung jawab"), _("Tenggat"))
    held_on = event_question(asking, "held_on", _("Kapan dilaksanakan?"))
    line, long = conferences.LONGEST_LINE, conferences.LONGEST_DISCUSSION
    questions = (
        held_on,
        Question(key="place", label=_("Di mana?"), limit=line, value=planned.place if planned else None),
        Question(key="chair", label=_("Siapa yang memimpin?"), limit=line, value=planned.chair if planned else None),
        Question(
            key="present",
            label=_("Siapa yang hadir?"),
            type="table",
            columns=people,
            value=planned.invited if planned else None,
        ),
        Question(key="discussion", label=_("Apa yang dibahas?"), type="longtext", hint=UNNAMED, limit=long),
        Question(
            key="decisions",
            label=_("Apa yang diputuskan?"),
            type="table",
            columns=decided,
        ),
    )
    intro = (_("Berita acaranya surat NOT-CC; isinya diambil dari sini."),)
    return Sheet(title=_("Catat notulen"), intro=intro, questions=questions, save=save, back=BACK)


def cancel(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "conference")
    found = _found(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = CancelConference(
            case=asking.number, conference=found.id, reason=as_text(answers["reason"]), expected_version=to.version
        )
        cancel_conference(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Mengapa dibatalkan?"), limit=conferences.LONGEST_LINE)
    title = _("Batalkan pembahasan {day}", day=asking.teller.full_day(found.meets_on))
    return Sheet(title=title, questions=(reason,), save=save, button=_("Batalkan pembahasan"), back=BACK)


def adopt(asking: Asking) -> Sheet:
    """Ask which decision becomes an action of the plan, and of what kind it is."""
    access.require_act(asking.work.roles, "plan")
    found = _found(asking)
    decisions = {str(n): row for n, row in enumerate(found.decisions)}

    def save(to: Saving, answers: Answers) -> str | None:
        what, who, when = decisions[answers["decision"]]
        command = AddItem(
            case=asking.number,
            intervention=answers["intervention"],
            goal=what,
            description=f"{who}, {when}",
            owner=to.by.user_id,
            due=as_date(answers["due"]),
            expected_version=to.version,
        )
        plan.add_item(to.session, command, by=to.by, at=to.at)
        return None

    kinds: Mapping[str, Words] = {i.code: i.name for i in asking.work.category.interventions}
    questions = (
        Question(
            key="decision",
            label=_("Keputusan yang mana?"),
            type="choice",
            choices=tuple((n, ", ".join(row)) for n, row in decisions.items()),
            value="0",
        ),
        Question(key="intervention", label=_("Jenis kegiatannya?"), type="choice", choices=tuple(kinds.items())),
        Question(key="due", label=_("Tenggatnya?"), type="date", required=False),
    )
    return Sheet(title=_("Jadikan kegiatan rencana"), questions=questions, save=save, back="/rencana")


def _found(asking: Asking) -> Conference:
    found = next((each for each in conferences.of_case(asking.work) if each.id == asking.item), None)
    if found is None:
        raise NotFound
    return found
