"""Moving open cases from one version of their category to another, by a mapping that stays on record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import admin, areas, cases, casework, definitions, letter_voids
from caseflow.actions.casework import Change, Work
from caseflow.actions.oversight import SMALL
from caseflow.definitions import mapping as files
from caseflow.errors import (
    CannotMigrate,
    CaseflowError,
    Forbidden,
    InvalidInput,
    Refused,
    Sentence,
    ServiceUnavailable,
    _,
    listed,
)
from caseflow.states import mapping as maps
from caseflow.states.category import Category, Intervention
from caseflow.states.guards import answered
from caseflow.states.lifecycle import CLOSED, INITIAL
from caseflow.states.linter import Finding
from caseflow.states.mapping import CategoryMap
from caseflow.store import cases as case_rows
from caseflow.store import children, log, records, subjects, users
from caseflow.store import definitions as stored
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import plan_item
from caseflow.store.types import Row

READERS = ("auditor", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a category that cases follow, or that new ones will."""

    code: str
    digest: str
    current: bool
    stored_at: datetime | None
    """None: no case has followed it yet, or few of a closed category do."""
    open_cases: int | None
    """None: few or none, of a closed category."""


@dataclass(frozen=True, slots=True)
class Migration:
    """From which version to which, by which mapping."""

    old: Category
    new: Category
    mapping: CategoryMap
    text: str
    digest: str
    """Of the mapping."""

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """Return what of the old version has no place in the new one."""
        return maps.gaps(self.mapping, self.old, self.new)

    @property
    def is_limited(self) -> bool:
        """Tell whether a case may stay for an answer about health."""
        return maps.changes_limited(self.mapping, self.old, self.new)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case cannot move, and where in it; no answer is said."""

    place: str
    sentence: str
    limited: bool = False
    """It is an answer about health: it is counted, and of no case it is said."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open case on the old version."""

    id: str
    number: str | None
    """None: a closed file."""
    limited: bool = False
    """It may have answers about health, and the versions differ in one."""


@dataclass(slots=True)
class Outcome:
    """How many cases moved, or can, and which stay, with every reason that may be said.

    Closed files, and what an answer about health decides, are in none of it: they are counted together, apart.
    """

    moved: int = 0
    stay: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    _unnamed: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, case: Waiting, why: tuple[Reason, ...]) -> None:
        """Count a case that moved, or stays for these reasons.

        A case with a reason that may be said is named for that one whatever else there is: so that it is named, or not,
        says nothing of its other answers.
        """
        said = tuple(reason for reason in why if not reason.limited)
        if case.number is None or (not said and (why or case.limited)):
            self._unnamed[bool(why)] += 1
        elif said:
            self.stay[case.number] = said
        else:
            self.moved += 1

    @property
    def unnamed(self) -> tuple[int, int] | None:
        """Return how many of the others moved and stay; None where one of the numbers is small and could name one."""
        moved, stay = self._unnamed
        return None if any(0 < n < SMALL for n in (moved, stay)) else (moved, stay)

    @property
    def complete(self) -> bool:
        """Tell whether it may be said that no case stays."""
        return not self.stay and self.unnamed is not None and not self.unnamed[1]


# --- which versions there are ----------------------------------------------------------------------------------------


def versions(session: Session, *, by: Viewer) -> tuple[Version, ...]:
    """Return every version that new cases follow or open ones do, by code, the present one of each first."""
    admin.require_installation(session, by)
    known = {row.digest: row for row in stored.versions(session)}
    present = {c.digest: code for code, c in session.categories.items()}
    found = [
        Version(
            code=code, digest=digest, current=True, stored_at=row.stored_at if row else None,
            open_cases=row.open_cases if row else 0,
        )
        for digest, code in present.items()
        for row in [known.get(digest)]
    ]  # fmt: skip
    found += [
        Version(code=r.code, digest=r.digest, current=False, stored_at=r.stored_at, open_cases=r.open_cases)
        for r in known.values()
        if r.digest not in present and (r.open_cases or _is_closed(session, r.code))
    ]
    shown = [_without_few(version) if _is_closed(session, version.code) else version for version in found]
    return tuple(sorted(shown, key=lambda v: (v.code, not v.current, v.digest)))


def _is_closed(session: Session, code: str) -> bool:
    category = session.categories.get(code)
    return category is None or category.confidentiality == "R3"


def _without_few(version: Version) -> Version:
    """Say the same of none and of few, and not since when: which closed category has a case could name a person."""
    few = version.open_cases is not None and version.open_cases < SMALL
    return replace(version, open_cases=None, stored_at=None) if few else version


def mapping_of(session: Session, prefix: str, *, by: Viewer) -> Row[Any]:
    """Return a mapping cases were moved by: digest, code, body, stored_at; for an auditor and an administrator."""
    if not by.roles.intersection(READERS):
        raise Forbidden(action=_("membaca pemetaan kategori"), allowed=access.names_of(READERS))
    found = stored.maps(session, prefix.lower()) if prefix else []
    if len(found) != 1:
        raise InvalidInput({"digest": _("Tidak ada pemetaan itu, atau lebih dari satu yang sidiknya berawal begitu.")})
    if files.digest_of(found[0].body) != found[0].digest:
        raise Refused(reason=_("Isi pemetaan ini bukan yang dicatat log: sidiknya lain."))
    return found[0]


# --- preparing -------------------------------------------------------------------------------------------------------


def prepare(
    session: Session, code: str, old: str, new: str, text: str, *, file: str, by: Viewer, at: datetime
) -> Migration:
    """Return what is to be done, checked as far as no case is needed; `old` and `new` are beginnings of digests.

    Raises `Forbidden` for who does not administer the installation, `UnknownCategory`, `InvalidInput` for a version
    that is unknown or not named exactly, `BrokenDefinition` for a mapping that does not fit, and for guards that this
    version of caseflow does not have.
    """
    admin.require_installation(session, by)
    category = definitions.current(session, code)
    known = {row.digest for row in stored.versions(session) if row.code == category.code} | {category.digest}
    problems: dict[str, str] = {}
    digests = [_digest(known, typed, name, problems) for name, typed in (("from", old), ("to", new))]
    if not problems and digests[0] == digests[1]:
        problems["to"] = _("Sama dengan versi asal.")
    if problems:
        raise InvalidInput(problems)
    before, after = (definitions.of_digest(session, digest) for digest in digests)
    definitions.require_known_guards([after])
    mapping = files.read(text, file=file)
    if wrong := maps.problems(mapping, before, after, today=areas.today(session, at)):
        raise files.broken_by(file, wrong)
    return Migration(before, after, mapping, text, files.digest_of(text))


def _digest(known: set[str], typed: str, name: str, problems: dict[str, str]) -> str:
    found = sorted(digest for digest in known if typed and digest.startswith(typed.lower()))
    if len(found) == 1:
        return found[0]
    some = ", ".join(digest[:12] for digest in (found or sorted(known)))
    problems[name] = (
        _("Lebih dari satu versi berawal begitu: {known}.", known=some)
        if found
        else _("Tidak ada versi yang sidiknya berawal begitu. Yang ada: {known}.", known=some)
    )
    return ""


def announce(session: Session, migration: Migration, *, by: Viewer, at: datetime) -> None:
    """Keep the new version and the mapping, and note who moves cases by it; before the first case moves."""
    admin.require_installation(session, by)
    definitions.keep(session, migration.new, at=at)
    stored.add_map(session, migration.digest, migration.new.code, migration.text, at=at)
    data = {"category": migration.new.code, **_said(migration)}
    log.note_access(session, "category:migration:begun", actor=by.user_id, at=at, data=data)


def note_tried(session: Session, migration: Migration, *, by: Viewer, at: datetime) -> None:
    """Note who tries a mapping, before a case is looked at: that it stays says something of its answers."""
    admin.require_installation(session, by)
    data = {"category": migration.new.code, **_said(migration)}
    log.note_access(session, "category:migration:tried", actor=by.user_id, at=at, data=data)


def _said(migration: Migration) -> dict[str, str]:
    return {"before": migration.old.digest, "definition": migration.new.digest, "map": migration.digest}


def waiting(session: Session, migration: Migration, *, after: str | None, limit: int) -> list[Waiting]:
    """Return open cases that still follow the old version, after one of them: those that moved are not among them."""
    found = stored.followers(session, migration.old.code, migration.old.digest, after=after, limit=limit)
    limited = migration.is_limited
    return [
        Waiting(row.id, None if row.confidentiality == "R3" else row.number, limited and row.confidentiality == "R2")
        for row in found
    ]


# --- one case --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """What moving one case changes."""

    columns: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Any]]
    """Stage -> answers, of the stages in which something changes."""
    items: Mapping[str, Intervention]
    closes: bool


def reasons(session: Session, migration: Migration, case: str, *, at: datetime) -> tuple[Reason, ...]:
    """Return every reason why a case cannot move, of a closed file only that it cannot; none means it can."""
    try:
        work = casework.look(session, case, by=access.SYSTEM, at=at)
        casework.require_clock(work)
        _plan(work, migration)
    except ServiceUnavailable:
        raise
    except CaseflowError as refused:
        return reasons_of(refused)
    return ()


def reasons_of(refused: CaseflowError) -> tuple[Reason, ...]:
    """Return why a case stays, from what was raised."""
    if isinstance(refused, CannotMigrate):
        return tuple(refused.data["list"])
    return (Reason("", Sentence(refused.template, **refused.data)),)


def migrate(session: Session, migration: Migration, case: str, *, by: Viewer, at: datetime) -> None:
    """Move one case in this transaction, or raise and leave nothing: `CannotMigrate` with every reason.

    Two writes behind the fence: what was typed goes into the log under the old version, then the answers are rewritten
    under the new one, which voids reviews that wait. Deadlines stay as people were told them.
    """
    plans: list[_Plan] = []

    def first(work: Work) -> Change:
        plans.append(_plan(work, migration))
        return Change(columns=plans[-1].columns, carry=lambda held: _leave(held, migration, plans[-1], by), draft=True)

    def second(_work: Work) -> Change:
        return Change(carry=lambda held: rewrite(held, plans[-1].answers))

    for decide in (first, second):
        casework.change(
            session, case, decide, by=access.SYSTEM, at=at, expected_version=None, during_hold=True
        )  # fmt: skip


def _plan(work: Work, migration: Migration) -> _Plan:
    old, new, mapping, row = migration.old, migration.new, migration.mapping, work.row
    if row.definition_digest != old.digest or row.state == CLOSED:
        raise _cannot(row, [Reason("", _("tidak lagi terbuka pada versi asal"))])
    found: list[Reason] = []
    if work.facts.subject_kind not in new.subject_kinds:
        found.append(Reason("subject", _("versi baru bukan untuk subjek semacam ini")))
    issue = mapping.issues.get(row.issue, row.issue) if row.issue else None
    if issue is not None and issue not in {i.key for i in new.issues}:
        found.append(Reason("issue", _("masalahnya tidak ada lagi di versi baru, dan pemetaan tidak menyebutnya")))
    answers: dict[str, dict[str, Any]] = {}
    for stage, said in work.facts.records.items():
        answers[stage], problems = maps.carried(mapping, new, stage, said, today=work.today)
        found += [
            Reason(f"{stage}.{key}", sentence, maps.is_limited(mapping, old, new, stage, key))
            for key, sentence in problems.items()
        ]
    named = {
        i.id: (i.intervention, mapping.interventions.get(i.intervention) or i.intervention) for i in work.facts.plan
    }
    kinds = {item: new.intervention(code) for item, (_code, code) in named.items()}
    if None in kinds.values():
        found.append(Reason("plan", _("jenis sebuah kegiatan tidak ada di versi baru, dan pemetaan tidak menyebutnya")))
    if found:
        raise _cannot(row, found)
    level = _level(work, new, answers)
    columns = {"definition_digest": new.digest, "issue": issue, "confidentiality": level}
    return _Plan(
        columns={name: value for name, value in columns.items() if value != getattr(row, name)},
        answers={stage: said for stage, said in answers.items() if said != work.facts.records[stage]},
        items={item: kind for item, kind in kinds.items() if kind is not None and named[item][0] != kind.code},
        closes=level == "R3" != row.confidentiality,
    )


def _cannot(row: case_rows.CaseRow, found: list[Reason]) -> CannotMigrate:
    if row.confidentiality == "R3":
        found = [Reason("", _("berkas tertutup; sebabnya tidak disebut"))]
    return CannotMigrate(reasons=listed(reason.sentence for reason in found), list=found)


def _level(work: Work, new: Category, answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return how confidential the case is under the new version; never less than it was."""
    levels = [work.row.confidentiality, cases.confidentiality(new, child=work.facts.child)]
    for stage, said in answers.items():
        levels += ["R3"] if new.closes_file(stage, said) else []
        levels += [
            f.confidentiality for f in new.fields_of(stage) if f.confidentiality == "R2" and answered(said.get(f.key))
        ]
    return max(levels)


def _leave(work: Work, migration: Migration, plan: _Plan, by: Viewer) -> tuple[Entry, ...]:
    """Write what was typed under the old version into the log, and that the case follows the new one from now on."""
    session, row = work.session, work.row
    entries = list(casework.drafts_written(work))
    for item, kind in plan.items.items():
        columns = {"intervention": kind.code, "pillar": kind.pillar}
        children.change(session, plan_item, row.subject_id, item, columns)
    issue = {"issue": plan.columns["issue"] or ""} if "issue" in plan.columns else {}
    data = {**_said(migration), **issue, "changed_by": by.user_id}
    entries.append(Entry(code="case:definition:migrated", data=data))
    if "confidentiality" in plan.columns:
        raised = {"confidentiality": plan.columns["confidentiality"]}
        entries.append(Entry(code="case:confidentiality:raised", data=raised))
    if plan.closes:
        supervisors = users.holders(session, "supervisor", row.area_code, work.today)
        case_rows.join_team(session, row.id, supervisors)
        subjects.hide_name(session, row.subject_id)
        entries += letter_voids.void_open(work)
        entries += casework.take_back_offer(work)
    return tuple(entries)


def rewrite(work: Work, answers: Mapping[str, Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Save the answers that change as the next version of their records, and log them."""
    session, row = work.session, work.row
    kept = [r for r in records.of_case(session, row.id) if r.cycle == row.cycle or r.stage == INITIAL]
    newest = {record.stage: record for record in kept}
    for stage, said in answers.items():
        before = newest[stage]
        records.save(
            session, row.subject_id, row.id, stage, before.cycle, said, before=before, by=work.by.user_id, at=work.at
        )
    return casework.drafts_written(work)
