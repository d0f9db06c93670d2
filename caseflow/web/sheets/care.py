"""Forms of care: visits, consents, placements of a child."""

from dataclasses import replace

from caseflow import access
from caseflow.actions import consents, many, placements, visits
from caseflow.actions import institutions as places
from caseflow.actions.consents import AddConsent, WithdrawConsent
from caseflow.actions.placements import EndPlacement, ReviewPlacement, StartPlacement
from caseflow.actions.visits import AddVisit, WaiveVisits
from caseflow.errors import NotFound, _
from caseflow.states import guards, machine, sharing
from caseflow.states.category import PLACEMENTS, Condition
from caseflow.states.facts import GROUPS
from caseflow.store import institutions, users
from caseflow.web.environment import Words
from caseflow.web.places import Check, checks_of, nobody
from caseflow.web.questions import Question, as_date, as_text, by_name, same_choices
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

GUARDIANS_ONLY = _("Untuk anak, yang menyetujui adalah orang tua atau wali yang sah. Pendapat anak dicatat di asesmen.")


def visit(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "visit")
    work = asking.work

    def save(to: Saving, answers: Answers) -> str | None:
        command = AddVisit(
            case=asking.number,
            visited_on=as_date(answers["visited_on"]),
            officer=answers.get("officer"),
            finding=as_text(answers["finding"]),
            progress=as_text(answers["progress"]),
            expected_version=to.version,
        )
        also = [replace(command, case=number, expected_version=None) for number in answers.get("also") or ()]
        here, *outcomes = many.visit_many(to.session, [command, *also], by=to.by, at=to.at)
        if here.problem is not None:
            raise here.problem
        left = [each.case for each, outcome in zip(also, outcomes, strict=True) if outcome.problem]
        return f"visited_partly {', '.join(left)}" if left else None

    near = tuple(
        (each.number, f"{each.name}, {asking.teller.say(each.category)} ({each.number})")
        for each in visits.at_the_same_door(work)
    )
    held = users.holders(asking.session, "caseworker", work.row.area_code, work.today)
    names = users.names(asking.session, {*held, work.by.user_id})
    officers: tuple[tuple[str, Words], ...] = by_name(names)
    questions: tuple[Question, ...] = (
        event_question(asking, "visited_on", _("Kapan Anda berkunjung?")),
        Question(key="finding", label=_("Apa yang Anda lihat dan dengar?"), type="longtext"),
        Question(key="progress", label=_("Apa kemajuannya?"), type="longtext", required=False),
        Question(
            key="officer",
            label=_("Siapa yang berkunjung?"),
            type="choice",
            choices=officers,
            value=work.by.user_id,
        ),
    )
    if near:
        hint = _("Anggota keluarga yang juga dikunjungi: tanggal, petugas, dan isinya tercatat pada kasusnya juga.")
        also = Question(key="also", label=_("Kasus lain di rumah ini"), type="choices", choices=near, required=False)
        questions = (*questions, replace(also, hint=hint))
    rhythm = work.category.rhythm
    intro: tuple[Words, ...] = ()
    if work.row.state == "monitoring":
        done = guards.counted_visits(work.facts, work.category)
        intro = (_("Kunjungan monitoring ke-{n} dari {total}.", n=done + 1, total=max(rhythm.visits, done + 1)),)
    return Sheet(title=_("Catat kunjungan"), intro=intro, questions=questions, save=save, back="/kunjungan")


def waive(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "waive_visits")

    def save(to: Saving, answers: Answers) -> str | None:
        command = WaiveVisits(case=asking.number, reason=as_text(answers["reason"]), expected_version=to.version)
        visits.waive_visits(to.session, command, by=to.by, at=to.at)
        return None

    reason = Question(key="reason", label=_("Mengapa sisa kunjungan tidak diperlukan?"), type="longtext")
    button = _("Bebaskan sisa kunjungan")
    return Sheet(title=button, questions=(reason,), button=button, save=save, back="/kunjungan")


# --- consents ------------------------------------------------------------------------------------------------------


def consent(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "consent")
    wanted = (asking.query or {}).get("untuk", "")

    def save(to: Saving, answers: Answers) -> str | None:
        command = AddConsent(
            case=asking.number,
            purpose=answers["purpose"],
            relation=answers["relation"],
            giver=as_text(answers["giver"]),
            receiver=as_text(answers["receiver"]),
            evidence=as_text(answers["evidence"]),
            given_on=as_date(answers["given_on"]),
            expected_version=to.version,
        )
        consents.add_consent(to.session, command, by=to.by, at=to.at)
        return None

    relations = {k: v for k, v in sharing.RELATIONS.items() if _may_agree(asking, k)}
    questions = (
        Question(
            key="purpose",
            label=_("Apa yang disetujui?"),
            type="choice",
            choices=same_choices(sharing.PURPOSES),
            value=wanted if wanted in sharing.PURPOSES else None,
        ),
        Question(key="giver", label=_("Siapa yang menyetujui?"), hint=_("Nama lengkap."), limit=200),
        Question(
            key="relation",
            label=_("Apa hubungannya dengan klien?"),
            type="choice",
            choices=same_choices(relations),
        ),
        Question(
            key="receiver",
            label=_("Data boleh disampaikan kepada siapa?"),
            type="choice",
            hint=_("Sebagaimana tertulis dalam persetujuan. Berkas tertutup memerlukan nama lembaganya."),
            groups=_receivers(asking),
            when=Condition("purpose", tuple(p for p in sharing.PURPOSES if p not in sharing.INSIDE)),
            value=(asking.query or {}).get("kepada"),
        ),
        Question(
            key="evidence",
            label=_("Apa buktinya?"),
            hint=_("Misalnya formulir bertanda tangan di map kasus, atau disaksikan siapa."),
            required=False,
        ),
        event_question(asking, "given_on", _("Kapan disetujui?")),
    )
    intro = (GUARDIANS_ONLY,) if asking.work.facts.child else ()
    title = _("Catat persetujuan klien")
    return Sheet(title=title, intro=intro, questions=questions, save=save, back="/persetujuan-klien")


def _may_agree(asking: Asking, relation: str) -> bool:
    """A group agrees through its representative, a child never by itself."""
    facts = asking.work.facts
    if facts.subject_kind in GROUPS or relation == "representative":
        return facts.subject_kind in GROUPS and relation == "representative"
    return not (facts.child and relation == "self")


def _receivers(asking: Asking) -> tuple[tuple[str, tuple[tuple[str, Words], ...]], ...]:
    named: tuple[tuple[str, Words], ...] = tuple((i.id, i.name) for i in institutions.listing(asking.session))
    say = asking.teller.say
    return ((say(_("Satu lembaga")), named), (say(_("Jenis lembaga")), same_choices(sharing.RECEIVERS)))


def withdraw_consent(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "consent")
    found = next((c for c in asking.work.facts.consents if c.id == asking.item), None)
    if found is None:
        raise NotFound

    def save(to: Saving, answers: Answers) -> str | None:
        command = WithdrawConsent(
            case=asking.number,
            consent=asking.item,
            reason=as_text(answers["reason"]),
            withdrawn_on=as_date(answers["withdrawn_on"]),
            expected_version=to.version,
        )
        consents.withdraw_consent(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        Question(key="reason", label=_("Mengapa ditarik?"), type="longtext", required=False),
        event_question(asking, "withdrawn_on", _("Kapan ditarik?")),
    )
    purpose: Words = sharing.PURPOSES.get(found.purpose, found.purpose)
    warning = _("Surat yang bersandar pada persetujuan ini dan belum dikirim langsung dibatalkan.")
    button = _("Tarik persetujuan")
    intro = (purpose, warning)
    return Sheet(title=button, intro=intro, questions=questions, button=button, save=save, back="/persetujuan-klien")


# --- placements ----------------------------------------------------------------------------------------------------


def placement(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "placement")

    def save(to: Saving, answers: Answers) -> str | None:
        lksa = answers["kind"] == "lksa"
        command = StartPlacement(
            case=asking.number,
            kind=answers["kind"],
            carer=as_text(answers["carer"]),
            relation=as_text(answers["relation"]),
            institution=answers["institution"] if lksa else None,
            starts_on=as_date(answers["starts_on"]),
            expected_version=to.version,
        )
        placements.start_placement(to.session, command, by=to.by, at=to.at)
        return None

    kind = "child_institution"
    homes: tuple[tuple[str, Words], ...] = places.choices(asking.session, today=asking.today, kind=kind, takes="")
    kinds: tuple[tuple[str, Words], ...] = tuple((k, PLACEMENTS[k]) for k in placements.KINDS)
    questions = (
        Question(key="kind", label=_("Anak diasuh di mana?"), type="choice", choices=kinds),
        Question(
            key="institution",
            label=_("LKSA yang mana?"),
            type="choice",
            choices=homes,
            when=Condition("kind", ("lksa",)),
        ),
        Question(
            key="relation", label=_("Apa hubungannya dengan anak?"), when=Condition("kind", ("kin",)), required=False
        ),
        Question(key="carer", label=_("Siapa pengasuhnya?"), hint=_("Nama yang bertanggung jawab sehari-hari.")),
        event_question(asking, "starts_on", _("Mulai kapan?")),
    )
    return Sheet(
        title=_("Mulai penempatan"),
        intro=(_("Syarat di bawah berlaku bila anak diasuh di LKSA. Pengasuhan kerabat tidak memerlukannya."),),
        checks=(*nobody(asking.session, asking.work.by, kind), *_placement_checks(asking)),
        questions=questions,
        save=save,
        back="/penempatan",
    )


def _placement_checks(asking: Asking) -> tuple[Check, ...]:
    act = "start_placement"
    work = replace(asking.work, facts=replace(asking.work.facts, details={"placement": "lksa"}))
    unmet = guards.check(machine.guards_of(work.category, act), work.facts, work.category)
    return checks_of(asking.session, work, act, unmet)


def review_placement(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "placement")
    _require_placement(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = ReviewPlacement(
            case=asking.number,
            placement=asking.item,
            finding=as_text(answers["finding"]),
            reviewed_on=as_date(answers["reviewed_on"]),
            expected_version=to.version,
        )
        placements.review_placement(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        Question(
            key="finding",
            label=_("Apakah penempatan ini masih yang terbaik bagi anak?"),
            type="longtext",
            hint=_("Tulis keadaan anak, pendapatnya, dan peluang kembali ke keluarga."),
        ),
        event_question(asking, "reviewed_on", _("Kapan ditinjau?")),
    )
    return Sheet(title=_("Tinjau penempatan"), questions=questions, save=save, back="/penempatan")


def end_placement(asking: Asking) -> Sheet:
    access.require_act(asking.work.roles, "placement")
    _require_placement(asking)

    def save(to: Saving, answers: Answers) -> str | None:
        command = EndPlacement(
            case=asking.number,
            placement=asking.item,
            reason=as_text(answers["reason"]),
            ends_on=as_date(answers["ends_on"]),
            expected_version=to.version,
        )
        placements.end_placement(to.session, command, by=to.by, at=to.at)
        return None

    questions = (
        Question(key="reason", label=_("Mengapa berakhir, dan anak diasuh siapa sekarang?"), type="longtext"),
        event_question(asking, "ends_on", _("Kapan berakhir?")),
    )
    button = _("Akhiri penempatan")
    return Sheet(title=button, questions=questions, button=button, save=save, back="/penempatan")


def _require_placement(asking: Asking) -> None:
    if not any(p.id == asking.item for p in asking.work.facts.placements):
        raise NotFound
