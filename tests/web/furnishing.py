"""An office in which one of everything is there, and people of every role who knock at its pages."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from httpx2 import Response
from sqlalchemy import select, update

from caseflow.actions import (
    admin,
    attachments,
    audit_questions,
    cases,
    conferences,
    erasure,
    groups,
    instruments,
    letter_bulk,
    letter_chains,
    letters,
    psks,
    psks_keeping,
    referrals,
    reports,
    targets,
    transfers,
)
from caseflow.ids import new_id
from caseflow.store import cases as case_rows
from caseflow.store.tables import (
    audit_question,
    case_entry,
    case_file,
    case_team,
    inbox,
    letter,
    letter_draft,
    plan_item,
    role_grant,
)
from caseflow.uploads.cleaning import Cleaned
from tests.counting import count_and_freeze
from tests.warehouse import handed_over
from tests.web.browsing import ADDRESS, Person, Shown, Site
from tests.web.doors import ASKED
from tests.world import (
    STATES,
    VILLAGE,
    VILLAGE_ELSEWHERE,
    World,
    act,
    complete,
    consent,
    may_tell,
    opened,
    row_of,
    take,
    viewer,
)

TREATED: dict[str, Any] = {"treatment_needed": True, "health_need": "pemeriksaan lanjutan"}
MEETING: dict[str, Any] = {"time": "09.00", "place": "Kantor", "agenda": "Peran", "invited": [["Ani", "Puskesmas"]]}
ASSIGNMENT = {"task": "outreach", "place": "Pagatan", "from_date": "2026-04-20", "officers": [["Rina", "", "TKSK"]]}
ABSENT_NUMBER = "6310-2026-999999"
PHOTO = Cleaned("image/jpeg", b"\xff\xd8 rumah panggung", b"\xff\xd8 kecil")


class _OrNothing(dict[str, str]):
    """What stands in an address; the id of nothing for what this office has none of."""

    def __missing__(self, _name: str) -> str:
        return str(new_id(datetime.now(UTC)))


@dataclass(slots=True)
class Place:
    """An office with one of each thing, who knocks, and what each was told of what is not there."""

    site: Site
    things: dict[str, str]
    people: dict[str, Person]
    tokens: dict[str, str]
    keys: dict[str, str]
    """Name -> token of the API."""
    told: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def turn_into(self, kind: str) -> None:
        """Let both cases, and so everything that hangs on them, be of a kind."""
        level, area = ("R1", VILLAGE_ELSEWHERE) if kind == "elsewhere" else (kind, VILLAGE)
        with self.site.database.write() as session:
            mine = case_file.c.id.in_([self.things[name] for name in ("case_id", "closed_id", "group_id")])
            session.execute(update(case_file).where(mine).values(confidentiality=level, area_code=area))

    def address(self, path: str, more: str, *, absent: bool = False) -> str:
        """Return an address of a page, or one of the same form that leads to nothing."""
        things = dict(self.things)
        if "petikan" in path:
            things["number"] = things["closed"]
        if "part=anggota" in more or "/anggota/" in path:
            things["number"] = things["group"]
        if path.startswith("/pesanan-surat"):
            things["letter"] = "st"
        said = dict(pair.split("=") for pair in more.split())
        known = {**things, **{name: value.format(**things) for name, value in said.items()}}
        if absent:
            nothing = str(new_id(self.site.at()))
            known |= {name: nothing for name in IDS if name in path} | {"number": ABSENT_NUMBER}
        return path.format_map(_OrNothing(known))

    def knock(self, who: str, method: str, address: str) -> Shown:
        """Open a page as somebody, or send its form with nothing in it."""
        person = self.people[who]
        if method == "GET":
            return person.get(address)
        return person.post(address, [("_token", self.tokens[who])])

    def call(self, who: str, path: str, *, absent: bool = False) -> Response:
        """Read an address of the API as somebody, or one of the same form that leads to nothing."""
        kept = {"dossier": "closed_id", "roster": "group_id"}
        case = self.things[next((name for part, name in kept.items() if part in path), "case_id")]
        known = self.things | {"case": case, "letter": self.things["letter_id"], "erasure": self.things["erasure_id"]}
        known |= {"code": "PRSE"}
        known |= dict.fromkeys(HANGING, str(new_id(self.site.at()))) if absent else {}
        sent = {"Authorization": f"Bearer {self.keys[who]}"}
        return self.people[who].client.get(f"{ADDRESS}/api/v1{path.format_map(known)}", headers=sent)

    def sees(self, who: str, path: str, more: str) -> int:
        """Return the status of a page for somebody who may read it."""
        return self.knock(who, "GET", self.address(path, more)).status

    def nothing(self, who: str, route: str, more: str) -> tuple[int, str]:
        """Return what somebody is told at an address of the same form that leads to nothing."""
        if (route, who) not in self.told:
            method, path = route.split()
            self.told[route, who] = said(self.knock(who, method, self.address(path, more, absent=True)))
        return self.told[route, who]


IDS = ("case_id", "letter_id", "review_id", "erasure_id", "draft", "question", "attachment", "fill", "transfer")
HANGING = ("case", "letter", "attachment", "draft", "erasure", "question", "transfer")
"""What stands in an address of the API and hangs on a case."""


def _helper(world: World) -> str:
    """Record a helper and return the id."""
    role = psks.RoleData(type="PSM", area=VILLAGE, start=date(2024, 1, 15))
    person = psks.PersonData(name="Siti Rahmah", area=VILLAGE, languages=("banjar",))
    return psks_keeping.add_person(world.session, person, role, by=viewer(world, "sari"), at=world.now)


def _offered(world: World, case: str) -> str:
    """Offer a case to another area and return the id of the offer."""
    away = transfers.OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason="Pindah.", handed="Bantuan Juni.")
    return str(act(world, transfers.offer_transfer, away, by="sari").created_id)


def _community(world: World) -> dict[str, str]:
    """Open a case of a community and return it with its speaker."""
    speaker = groups.RosterMember(name="Damang Ayal", role="kepala adat", representative=True)
    group = groups.GroupData(kind="community", name="Balai Adat Meratus", members=(speaker,))
    case = opened(world, "KAT", person=None, group=group)
    world.session.execute(case_team.insert().values(case_id=case, user_id=world.office.ids["sari"]))
    world.session.execute(update(case_file).where(case_file.c.id == case).values(state="assessment"))
    (member,) = groups.show(world.session, case, by=viewer(world, "rina"), at=world.now)
    return {"group_id": case, "group": str(row_of(world, case).number), "member": member.id}


def furnished(ours: Site) -> Place:
    """Return an office in which one of everything is there."""
    office, ids = ours.filled.office, ours.filled.office.ids
    with ours.database.write() as session:
        world = World(office, session, ours.at() - timedelta(days=1))
        found = {state: case_rows.by_number(session, ours.number(state)) for state in STATES}
        rows = {state: row for state, row in found.items() if row is not None}
        case, closed = rows["intervention"].id, rows["closed"].id
        for each in (case, closed):
            session.execute(update(case_file).where(case_file.c.id == each).values(assignee_id=ids["rina"]))
            session.execute(case_team.insert().values(case_id=each, user_id=ids["sari"]))
        complete(world, case, "data_collection", **TREATED)
        given = consent(world, case, "health_service")
        act(world, letters.issue_letter, letters.IssueLetter(case=case, letter="rjk-rs"))
        taken = select(case_entry.c.seq).where(case_entry.c.case_id == case, case_entry.c.code == "case:step:taken")
        seq = int(session.execute(taken.order_by(case_entry.c.seq)).scalars().all()[0])
        may_tell(world, case)
        charity = office.institutions["charity"]
        session.execute(update(role_grant).where(role_grant.c.user_id == ids["mitra"]).values(institution_id=charity))
        asked = act(world, referrals.add_referral, referrals.AddReferral(case=case, institution=charity, need="Modal."))
        chains = letter_chains
        holder = act(world, chains.hold_post, chains.HoldPost(post="Kabid", user="bambang"), by="admin")
        act(world, chains.set_chain, chains.SetChain(letter="st", posts=("Kabid",)), by="admin")
        act(world, letters.issue_letter, letters.IssueLetter(case=case, letter="st", fields=ASSIGNMENT))
        draft = session.execute(select(letter_draft.c.id)).scalar_one()
        review = take(world, case, "terminate", details={"reason_code": "moved", "source": "RT"}).review_id
        why = audit_questions.AskAbout(case=case, seq=seq, of=ids["rina"], text="Mengapa?")
        act(world, audit_questions.ask, why, by="sari")
        wanted = erasure.AskErasure(case=closed, basis="request", applicant="Aminah", reason="Permintaan sendiri.")
        erased = act(world, erasure.ask_erasure, wanted).created_id
        photo = attachments.AttachFile(case=case, file=PHOTO, kind="house")
        attached = str(act(world, attachments.attach_file, photo).created_id)
        poor = instruments.FillIn(case=case, instrument="FM262", answers={"no_home": "yes"})
        fill = str(act(world, instruments.fill_in, poor).created_id)
        meeting = conferences.PlanConference(case=case, meets_on=date(2026, 6, 1), **MEETING)
        planned = str(act(world, conferences.plan_conference, meeting).created_id)
        movement, delivery = handed_over(world, case)
        bulk = letter_bulk.OrderLetters(letter="st", cases=(rows["assessment"].number,), fields=ASSIGNMENT)
        order = act(world, letter_bulk.order_letters, bulk)
        act(world, cases.assign_case, cases.AssignCase(case=rows["assessment"].id, assignee=ids["budi"]), by="sari")
        message = session.execute(select(inbox.c.id).where(inbox.c.user_id == ids["budi"])).scalars().first()
        of_case = {table: select(table.c.id).where(table.c.case_id == case) for table in (letter, plan_item)}
        report = act(world, reports.make, reports.MakeReport(month="2026-02"), by="sari")
        count_and_freeze(session, report, at=world.now)
        year = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
        aim = targets.SetTarget(area="6310", measure="opened", amount=10, **year)
        keys = {name: admin.add_token(session, name, "tes", by=admin.ROOT, at=world.now) for name in ASKED}
        things = {
            **_community(world), "institution": charity, "person": _helper(world), "transfer": _offered(world, case),
            "movement": movement, "delivery": delivery, "form_name": "terima",
            "report": report, "target": act(world, targets.set_target, aim, by="sari"),
            "conference": planned,
            "attachment": attached, "case_id": case, "number": rows["intervention"].number, "closed_id": closed,
            "closed": rows["closed"].number, "worker": "rina", "seq": str(seq), "stage": "data_collection",
            "letter": session.execute(of_case[letter].order_by(letter.c.id)).scalars().first(),
            "job_id": str(new_id(ours.at())),
            "item": session.execute(of_case[plan_item]).scalars().first(), "consent": given, "name": "langkah",
            "referral": str(asked.created_id), "holder": holder, "draft": draft, "review_id": str(review),
            "review": str(review), "erasure_id": str(erased), "order": order, "message_id": str(message),
            "handle": "0" * 16, "username": "rina", "grant_id": str(new_id(ours.at())), "recurring": "log.checkpoint",
            "category_code": "FM", "checkpoint": str(new_id(ours.at())), "fill": fill,
            "question": session.execute(select(audit_question.c.id)).scalar_one(),
        }  # fmt: skip
    people = {name: ours.by(name) for name in ASKED}
    tokens = {name: person.get("/kotak-masuk").page.forms[0].value("_token") for name, person in people.items()}
    things["letter_id"] = things["letter"]
    return Place(ours, things, people, tokens, keys)


def said(shown: Shown) -> tuple[int, str]:
    """Return the answer as far as it is about what was asked for: what stands around it counts messages."""
    text = shown.response.text
    return shown.status, text.partition("<main")[2].partition("</main>")[0] if "<main" in text else text
