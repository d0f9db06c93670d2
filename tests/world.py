"""A district office at work, built through the actions: its people and places, and cases taken to any state."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from caseflow import crypto, settings
from caseflow.access import Viewer
from caseflow.actions import admin, aid, cases, casework, consents, plan, records, reviews, steps, visits
from caseflow.actions.casework import Done
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.definitions import catalogue
from caseflow.errors import CaseflowError
from caseflow.ids import new_id
from caseflow.paths import categories_root
from caseflow.states.category import Category
from caseflow.states.sharing import purposes_of
from caseflow.store import areas, facts, log, offices, users, verify
from caseflow.store import cases as case_rows
from caseflow.store import reviews as review_rows
from caseflow.store.cases import CaseRow
from caseflow.store.session import Database, Session
from caseflow.store.tables import inbox, obligation, user_account
from tests.snapshots import snapshot

E = TypeVar("E", bound=CaseflowError)

WITA = ZoneInfo("Asia/Makassar")
START = datetime(2026, 2, 2, 9, tzinfo=WITA)  # a Monday without holidays around it
MINUTE = timedelta(minutes=1)
REGENCY, DISTRICT, VILLAGE, OTHER_VILLAGE = "6310", "631001", "6310012001", "6310022001"
ELSEWHERE, VILLAGE_ELSEWHERE = "6302", "6302012001"
AREAS = (
    ("63", "Kalimantan Selatan", "province", "Gubernur"),
    ("6310", "Kabupaten Tanah Bumbu", "kabupaten", "Bupati"),
    ("631001", "Batulicin", "kecamatan", "Camat"),
    ("6310012001", "Maju Makmur", "village", "Kepala Desa"),
    ("631002", "Kusan Hilir", "kecamatan", "Camat"),
    ("6310022001", "Pagatan", "village", "Kepala Desa"),
    ("6302", "Kabupaten Kotabaru", "kabupaten", "Bupati"),
    ("630201", "Pulau Sembilan", "kecamatan", "Camat"),
    ("6302012001", "Tanjung Nyiur", "village", "Kepala Desa"),
)
PEOPLE = {
    "intan": ("intake", DISTRICT),
    "rina": ("caseworker", REGENCY),
    "budi": ("caseworker", REGENCY),
    "dewi": ("caseworker", "631002"),
    "sari": ("supervisor", REGENCY),
    "bambang": ("supervisor", REGENCY),
    "kadis": ("head", REGENCY),
    "audit": ("auditor", REGENCY),
    "admin": ("admin", REGENCY),
    "pusat": ("admin", "63"),
    "mitra": ("partner", REGENCY),
    "luar": ("caseworker", ELSEWHERE),
    "luarsup": ("supervisor", ELSEWHERE),
}
INSTITUTIONS = {
    "health_facility": "RSUD dr. H. Andi Abdurrahman Noor",
    "child_institution": "LKSA Harapan Bunda",
    "health_insurer": "BPJS Kesehatan Cabang Tanah Bumbu",
    "civil_registry": "Disdukcapil Kabupaten Tanah Bumbu",
    "school": "SDN 1 Batulicin",
    "charity": "Baznas Kabupaten Tanah Bumbu",
}
_serial = count(1)


@dataclass(frozen=True, slots=True)
class Office:
    """What stays the same for all tests of a database."""

    database: Database
    ids: Mapping[str, str]
    """Username -> id."""
    institutions: Mapping[str, str]
    """Kind -> id."""
    ready: Mapping[tuple[str, str], tuple[str, datetime]]
    """Category and state -> a case of each, and when it came there."""


@dataclass(slots=True)
class World:
    """One transaction in the office, and the time it is there."""

    office: Office
    session: Session
    now: datetime = START
    given: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        """Return the civil date there."""
        return self.now.astimezone(WITA).date()


# --- building it -----------------------------------------------------------------------------------------------------


def open_database(url: str, folder: Path, categories: Mapping[str, Category] | None = None) -> Database:
    """Open a migrated database as the product does, with a key of its own and an address that letters may carry."""
    chosen = settings.load(data_dir=folder, database_url=url, public_url="https://kasus.dinsos.example")
    keys = crypto.load_or_create(chosen.secret_key_file)
    return Database(chosen.database_url, keys, chosen, categories or catalogue.load(categories_root()))


def build(database: Database) -> Office:
    """Fill an empty database, then take cases to every state, so that no test has to wait for that."""
    office = fill(database)
    return replace(office, ready=taken(office, [(category, state) for category in ("AT", "FM") for state in STATES]))


def taken(office: Office, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, datetime]]:
    """Open a case for each category and state and take it there; the clock only goes on, and at START all are there."""
    ready, now = {}, START - timedelta(days=380)
    for category, state in sorted(wanted, key=lambda one: one[1] != "closed"):
        if state != "closed":  # these come there within minutes, the others in months
            now = max(now, START - timedelta(hours=8))
        with office.database.write() as session:
            world = World(office, session, now)
            ready[category, state] = (bring(world, opened(world, category), state), world.now)
        now = world.now
    assert now < START
    return ready


def fill(database: Database) -> Office:
    """Write two offices, their areas, people of every role, institutions and a signatory into an empty database."""
    at, root = START - timedelta(days=30), admin.ROOT
    with database.write() as session:
        areas.fill(session, [dict(zip(("code", "name", "level", "head_title"), area, strict=True)) for area in AREAS])
        for area, place in ((REGENCY, "Batulicin"), (ELSEWHERE, "Kotabaru")):
            offices.add(session, _office(area, place, at))
            signatory = admin.AddSignatory(
                office_area=area, post="Kepala Dinas Sosial", holder="Dra. Nurhayati", starts_on=date(2025, 1, 1)
            )
            admin.add_signatory(session, signatory, by=root, at=at)
        for name, (role, area) in PEOPLE.items():
            wanted = admin.AddUser(username=name, name=name.title(), role=role, area=area, starts_on=date(2025, 1, 1))
            admin.add_user(session, wanted, by=root, at=at)
        institutions = {
            kind: admin.add_institution(session, name, kind, f"Pimpinan {name}", "Batulicin", REGENCY, by=root, at=at)
            for kind, name in INSTITUTIONS.items()
        }
        rows = session.execute(select(user_account.c.username, user_account.c.id))
        return Office(database, {row.username: row.id for row in rows}, institutions, {})


def _office(area: str, place: str, at: datetime) -> dict[str, Any]:
    return {
        "id": str(new_id(at)),
        "area_code": area,
        "government": f"Pemerintah Kabupaten {place}",
        "agency": "Dinas Sosial",
        "address": ["Jalan Contoh Nomor 1"],
        "phone": "0518 000000",
        "place": place,
        "unit_code": "DINSOS",
        "zone": str(WITA),
        "week_days": 5,
        "settings": {},
    }


@contextmanager
def rolled_back(office: Office) -> Iterator[World]:
    """Yield the office in one transaction of which nothing stays."""
    with office.database.write() as session:
        try:
            yield World(office, session)
        finally:
            session.forget()
            session.conn.rollback()


# --- acting ----------------------------------------------------------------------------------------------------------


def viewer(world: World, name: str) -> Viewer:
    """Return a person with the grants of that day."""
    account = users.by_username(world.session, name)
    assert account is not None, name
    return users.viewer(world.session, account, world.today)


def act(
    world: World, action: Callable[..., Any], command: object, *, by: str = "rina", at: datetime | None = None
) -> Any:  # noqa: ANN401 - what the action returns
    """Run an action as a request would: all of it or nothing, a minute after the one before."""
    world.now = at or world.now + MINUTE
    with world.session.attempt():
        return action(world.session, command, by=viewer(world, by), at=world.now)


def refused(
    world: World,
    error: type[E],
    action: Callable[..., Any],
    command: object,
    *,
    by: str = "rina",
    at: datetime | None = None,
) -> E:
    """Run an action that must be refused so, and leave every row as it was."""
    before = snapshot(world.session)
    with pytest.raises(error) as caught:
        act(world, action, command, by=by, at=at)
    assert type(caught.value) is error
    assert snapshot(world.session) == before
    assert "{" not in str(caught.value), "the sentence has a placeholder left"
    return caught.value


def unmet(error: CaseflowError) -> list[str]:
    """Return the names of the guards a refusal lists."""
    return [found["guard"] for found in error.data["unmet"]]


def days_later(world: World, days: int) -> None:
    """Let days pass."""
    world.now += timedelta(days=days)


# --- reading ---------------------------------------------------------------------------------------------------------


def row_of(world: World, case: str) -> CaseRow:
    """Return the row of a case."""
    row = case_rows.by_id(world.session, case)
    assert row is not None
    return row


def state_of(world: World, case: str) -> str:
    """Return the state of a case."""
    return str(row_of(world, case).state)


def codes(world: World, case: str) -> list[str]:
    """Return the codes of a case's entries, in order."""
    return [entry.code for entry in log.entries_of(world.session, case)]


def told(world: World, name: str, kind: str | None = None, *, case: str | None = None) -> list[Any]:
    """Return a person's inbox, oldest first; of one kind, about one case."""
    query = select(inbox).where(inbox.c.user_id == world.office.ids[name]).order_by(inbox.c.created_at, inbox.c.id)
    return [row for row in world.session.execute(query) if kind in {None, row.kind} and case in {None, row.case_id}]


def owed(world: World, case: str) -> dict[str, Any]:
    """Return kind -> obligation of those that still run in a case."""
    live = (obligation.c.case_id == case, obligation.c.satisfied_at.is_(None), obligation.c.cancelled_at.is_(None))
    return {row.kind: row for row in world.session.execute(select(obligation).where(*live))}


def broken(world: World) -> tuple[Any, ...]:
    """Return what the audit finds wrong."""
    return verify.run(world.session).broken


# --- people ----------------------------------------------------------------------------------------------------------


def nik(born: date, sex: str, serial: int) -> str:
    """Return a NIK of Batulicin that agrees with birth and sex."""
    day = born.day + (40 if sex == "P" else 0)
    return f"{DISTRICT}{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}"


def adult(**changes: Any) -> PersonData:  # noqa: ANN401 - fields of a person
    """Return somebody nobody has met yet."""
    serial = next(_serial)
    born = date(1980, 1 + serial % 12, 1 + serial % 28)
    data = {"name": f"Warga {_letters(serial)}", "nik": nik(born, "P", serial), "sex": "P", "birth": born.isoformat()}
    return PersonData(**{**data, **changes})


def child(**changes: Any) -> PersonData:  # noqa: ANN401 - fields of a person
    """Return a child of nine whom nobody has met yet."""
    serial = next(_serial)
    born = date(2016, 1 + serial % 12, 1 + serial % 28)
    data = {"name": f"Anak {_letters(serial)}", "nik": nik(born, "L", serial), "sex": "L", "birth": born.isoformat()}
    return PersonData(**{**data, **changes})


def household(*members: PersonData) -> HouseholdData:
    """Return a household of new people, or of those."""
    head, *others = members or (adult(), child())
    relations = [HouseholdMember(person=head, relation="kepala keluarga")]
    relations += [HouseholdMember(person=other, relation="anak", basis="lives_with") for other in others]
    return HouseholdData(kk=None, address="RT 1", members=tuple(relations))


def _letters(n: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(n)).title()


SOMEBODY: dict[str, Callable[[], Any]] = {"AT": child, "FM": adult, "KME": household}

# --- what a form is filled in with -----------------------------------------------------------------------------------

COMMON = {"location": "RT 2, rumah papan dekat pasar", "situation": "Dilaporkan RT.", "data_basis": "public_task"}
ANSWERS: dict[str, dict[str, dict[str, Any]]] = {
    "AT": {
        "data_collection": {
            **COMMON,
            "reporter_kind": "outreach",
            "parent_status": "both_alive",
            "risk": "low",
            "criterion_poor_family": "yes",
            "criterion_neglected": "yes",
            "criterion_basic_needs": "no",
        },
        "assessment": {
            "assessor": "Rina, pekerja sosial",
            "lives_with": "mother",
            "guardian_relation": "mother",
            "guardian_name": "Ibu",
            "problems": "Tidak bersekolah.",
            "strengths": "Nenek peduli.",
            "risk": "low",
            "risk_reason": "Aman di rumah.",
            "school_status": "dropped_out",
        },
        "intervention_plan": {"care_plan": "parents"},
        "evaluation": {"changes": "Bersekolah lagi.", "client_view": "Senang."},
        "monitoring": {"last_situation": "Baik.", "care_is_safe": "yes", "contact_after": "PSM desa"},
    },
    "FM": {
        "data_collection": {
            **COMMON,
            "reporter_kind": "self",
            "treatment_needed": False,
            "risk": "low",
            "criterion_no_home": "no",
            "criterion_no_livelihood": "yes",
            "criterion_needs_not_met": "yes",
        },
        "assessment": {
            "assessor": "Rina, TKSK",
            "livelihood": "Buruh harian.",
            "problems": "Tidak ada penghasilan.",
            "strengths": "Tetangga membantu.",
            "risk": "low",
            "risk_reason": "Dapat menunggu.",
            "jkn_status": "unknown",
            "needs_treatment": False,
        },
        "intervention_plan": {"payment_path": "not_needed"},
        "evaluation": {"changes": "Ada penghasilan.", "client_view": "Terbantu."},
        "monitoring": {"last_situation": "Baik.", "treatment_goes_on": "not_needed", "contact_after": "Puskesos"},
    },
    "KME": {
        "data_collection": {
            **COMMON,
            "reporter_kind": "outreach",
            "desil": "not_checked",
            "p3ke": "not_checked",
            "risk": "low",
            "criterion_no_home": "no",
            "criterion_head_not_working": "yes",
            "criterion_worried_about_food": "yes",
            "criterion_food_over_half": "yes",
            **dict.fromkeys(
                ("criterion_no_clothes", "criterion_floor", "criterion_wall", "criterion_toilet", "criterion_light"),
                "no",
            ),
        },
        "assessment": {
            "assessor": "Rina, pendamping",
            "household_size": 4,
            "monthly_spending": 1_200_000,
            "livelihood": "Nelayan",
            "problems": "Pangan.",
            "strengths": "Perahu.",
            "risk": "low",
            "risk_reason": "Dapat menunggu.",
        },
        "intervention_plan": {"strategies": ["reduce_burden"]},
        "evaluation": {"monthly_spending": 1_500_000, "changes": "Membaik.", "client_view": "Terbantu."},
        "monitoring": {"last_situation": "Baik.", "contact_after": "Puskesos"},
    },
}
DATED = {"assessment": "assessed_on", "evaluation": "evaluated_on"}
ACTION = {"AT": "KONSELING", "FM": "SEMBAKO", "KME": "SEMBAKO"}
"""A kind of help of each category that asks for nothing more."""


def answers(world: World, category: str, stage: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - answers
    """Return answers that make a stage complete; None takes one away."""
    said = {**ANSWERS[category].get(stage, {}), **changes}
    if stage in DATED and DATED[stage] not in changes:
        said[DATED[stage]] = world.today.isoformat()
    return {key: value for key, value in said.items() if value is not None}


# --- taking a case along ---------------------------------------------------------------------------------------------


def opened(world: World, category: str = "FM", *, by: str = "rina", **more: Any) -> str:  # noqa: ANN401 - of OpenCase
    """Open a case of somebody new and return its id."""
    if not more.keys() & {"person", "household", "subject"}:
        more["household" if category == "KME" else "person"] = SOMEBODY[category]()
    command = cases.OpenCase(category=category, **{"area": VILLAGE, **more})
    return str(act(world, cases.open_case, command, by=by).case.id)


def record(world: World, case: str, stage: str, said: Mapping[str, Any], *, by: str = "rina") -> records.Recorded:
    """Save answers of a stage."""
    command = records.RecordStage(case=case, stage=stage, answers=said)
    saved: records.Recorded = act(world, records.record_stage, command, by=by)
    return saved


def complete(world: World, case: str, stage: str, *, by: str = "rina", **changes: Any) -> None:  # noqa: ANN401 - answers
    """Save the answers that make a stage complete."""
    said = answers(world, str(row_of(world, case).category), stage, **changes)
    if said:
        record(world, case, stage, said, by=by)


def advance(case: str, step: str, *, note: str = "Sesuai keadaan.", **more: Any) -> steps.AdvanceCase:  # noqa: ANN401 - of AdvanceCase
    """Return the command for a step, with a reason."""
    return steps.AdvanceCase(case=case, step=step, note=note, **more)


def take(world: World, case: str, step: str, *, by: str = "rina", **more: Any) -> Done:  # noqa: ANN401 - of AdvanceCase
    """Take a step, or ask for its review."""
    done: Done = act(world, steps.advance_case, advance(case, step, **more), by=by)
    return done


def grant(world: World, review: str | None, *, by: str = "sari", reason: str = "Setuju.") -> Done:
    """Approve a review; of the same help that who decides is shown, they say why all the same."""
    assert review is not None
    asked = review_rows.by_id(world.session, review)
    said: dict[str, Any] = {}
    if asked is not None and asked.step in aid.STEPS:
        found = aid.of_case(casework.look(world.session, asked.case_id, by=viewer(world, by), at=world.now))
        said = {"despite": "Keadaannya belum berubah." if found.aids else "", "known": found.mark}
    done: Done = act(world, reviews.grant_review, reviews.DecideReview(review=review, reason=reason, **said), by=by)
    return done


def approved(world: World, case: str, step: str, *, by: str = "rina", boss: str = "sari", **more: Any) -> Done:  # noqa: ANN401 - of AdvanceCase
    """Ask for a step and have it approved."""
    return grant(world, take(world, case, step, by=by, **more).review_id, by=boss)


def item(world: World, case: str, *, by: str = "rina", **changes: Any) -> str:  # noqa: ANN401 - of AddItem
    """Plan an action and return its id."""
    wanted = {
        "intervention": ACTION[str(row_of(world, case).category)],
        "goal": "Kebutuhan dasar terpenuhi",
        "owner": world.office.ids["rina"],
        "due": world.today + timedelta(days=30),
    }
    done = act(world, plan.add_item, plan.AddItem(case=case, **{**wanted, **changes}), by=by)
    return str(done.created_id)


def consent(world: World, case: str, purpose: str, *, by: str = "rina", **changes: Any) -> str:  # noqa: ANN401 - of AddConsent
    """Record a consent and return its id."""
    relation = "mother" if row_of(world, case).confidentiality == "R2" else "self"
    wanted = {"purpose": purpose, "relation": relation, "giver": "Ibu Aminah", "evidence": "Formulir 12"}
    done = act(world, consents.add_consent, consents.AddConsent(case=case, **{**wanted, **changes}), by=by)
    return str(done.created_id)


def may_tell(world: World, case: str, kind: str = "charity", *, by: str = "rina") -> str:
    """Record a consent that lets the institution of a kind be told, and return its id."""
    receiver = world.office.institutions[kind]
    return consent(world, case, purposes_of(kind)[0], by=by, receiver=receiver)


def items_of(world: World, case: str) -> list[Any]:
    """Return the plan items of the present cycle that are not cancelled."""
    found = facts.load(world.session, row_of(world, case).id, world.today).plan
    return [planned for planned in found if planned.status != "cancelled"]


def visit(world: World, case: str, *, by: str = "rina") -> None:
    """Record a visit of today."""
    act(world, visits.add_visit, visits.AddVisit(case=case, finding="Keadaan baik."), by=by)


def _to_assessment(world: World, case: str) -> None:
    complete(world, case, "data_collection")
    take(world, case, "submit_for_assessment")


def _to_plan(world: World, case: str) -> None:
    complete(world, case, "assessment")
    take(world, case, "complete_assessment")


def ready_plan(world: World, case: str) -> None:
    """Write a plan that can be approved."""
    complete(world, case, "intervention_plan")
    item(world, case)
    consent(world, case, "plan")


def _to_intervention(world: World, case: str) -> None:
    ready_plan(world, case)
    approved(world, case, "approve_plan")


def settle(world: World, case: str) -> None:
    """Say that every planned action was done."""
    for planned in items_of(world, case):
        if planned.status != "done":
            act(world, plan.finish_item, plan.SettleItem(case=case, item=planned.id))


def _to_evaluation(world: World, case: str) -> None:
    settle(world, case)
    take(world, case, "complete_intervention")


def evaluate(world: World, case: str, result: str = "met") -> None:
    """Fill in the evaluation with one result for every goal."""
    complete(world, case, "evaluation")
    for planned in items_of(world, case):
        act(world, plan.evaluate_item, plan.EvaluateItem(case=case, item=planned.id, result=result))


def _to_monitoring(world: World, case: str) -> None:
    evaluate(world, case)
    take(world, case, "start_monitoring")


def ready_to_close(world: World, case: str) -> None:
    """Make the visits of the category, far enough apart, and fill in the monitoring form."""
    rhythm = world.office.database.categories[str(row_of(world, case).category)].rhythm
    for _number in range(rhythm.visits):
        days_later(world, rhythm.gap_days)
        visit(world, case)
    complete(world, case, "monitoring")


def _to_closed(world: World, case: str) -> None:
    ready_to_close(world, case)
    approved(world, case, "close_case", details={"outcome": "goals_met"})


PATH: dict[str, Callable[[World, str], None]] = {
    "assessment": _to_assessment,
    "intervention_plan": _to_plan,
    "intervention": _to_intervention,
    "evaluation": _to_evaluation,
    "monitoring": _to_monitoring,
    "closed": _to_closed,
}
STATES = ("data_collection", *PATH)


def bring(world: World, case: str, to: str) -> str:
    """Take a case along the straight path to a state, by the right people with valid data; return it."""
    ways = list(PATH)
    present = state_of(world, case)
    for state in ways[0 if present == "data_collection" else ways.index(present) + 1 : STATES.index(to)]:
        PATH[state](world, case)
    assert state_of(world, case) == to
    return case


def at(world: World, state: str, category: str = "FM", **more: Any) -> str:  # noqa: ANN401 - of OpenCase
    """Return a case that has come to a state: one that waits ready, else a new one."""
    case, since = world.office.ready.get((category, state), ("", world.now))
    if more or not case or case in world.given:
        return bring(world, opened(world, category, **more), state)
    world.given.add(case)
    world.now = max(world.now, since)
    return case


def clock(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment by the clock on the wall in Batulicin."""
    return datetime(year, month, day, hour, minute, tzinfo=WITA)
