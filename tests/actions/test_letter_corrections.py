"""A correction is a new letter that names the one it replaces; who signs is chosen among the posts that may."""

from datetime import date
from typing import Any

import pytest

from caseflow.actions import admin, letter_files, letter_register, replies
from caseflow.actions.letters import VoidLetter, issue_letter, void_letter
from caseflow.errors import InvalidInput, UnknownLetter
from caseflow.store import children
from caseflow.store import letters as rows
from caseflow.store.tables import referral
from tests.actions.test_letters import issue, issued, needing, state, why_void
from tests.actions.test_replies import code_on, offer
from tests.world import REGENCY, World, act, at, broken, codes, consent, owed, record, refused, row_of, viewer


def facts(world: World, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a letter row
    return rows.facts_of(world.session, row_of(world, row.case_id).subject_id, row)


def again(world: World, row: Any) -> Any:  # noqa: ANN401 - a letter row
    return rows.by_id(world.session, row.id)


def replaced(world: World) -> tuple[str, Any, Any]:
    """Return a case, a letter of it, and the letter that replaced it."""
    case = needing(world)
    old = issued(world, case)
    return case, old, issued(world, case, replaces=old.number)


def test_the_old_letter_is_void_when_the_new_one_is_issued(world: World) -> None:
    case, old, new = replaced(world)
    assert facts(world, new)["replaces"] == {"number": old.number, "date": old.letter_date.isoformat()}
    assert new.replaces_id == old.id
    assert state(world, old) == "void"
    assert (why_void(world, again(world, old)) or "").startswith(f"diganti oleh surat nomor {new.number} tanggal ")
    assert codes(world, case)[-2:] == ["case:letter:issued", "case:letter:voided"]
    before, after = children.of_case(world.session, referral, case)
    assert (before.status, after.status) == ("withdrawn", "open")
    assert owed(world, case)["referral_answer"].ref_id == after.id
    assert not broken(world)


def test_the_check_of_the_old_letter_names_the_new_one_and_nothing_more(world: World) -> None:
    _case, old, new = replaced(world)
    found = letter_files.verify_code(world.session, old.check_code)
    assert (found.state, found.replaced_by, found.replaced_on) == ("void", new.number, new.letter_date)
    assert letter_files.verify_code(world.session, new.check_code).replaced_by == ""
    asked = replies.question(world.session, code_on(world, old))
    assert (asked.state, asked.replaced_by) == ("void", (new.number, new.letter_date))
    offer(world, code_on(world, new), "done")


def test_the_register_says_what_replaced_what_of_restricted_letters_too(world: World) -> None:
    _case, old, new = replaced(world)
    book = letter_register.read(world.session, letter_register.Agenda(), by=viewer(world, "sari"), at=world.now)
    told = {line.number: line.remark for line in book.lines}
    assert told == {
        old.number: f"diganti oleh nomor {new.number}",
        new.number: f"menggantikan nomor {old.number}",
    }
    assert letter_register.as_workbook(book, lang="id").startswith(b"PK")


def test_what_cannot_be_replaced(world: World) -> None:
    case, old, new = replaced(world)
    for wrong in (old.number, "400.9/9999/RJK-RS/DINSOS/2026"):
        error = refused(world, InvalidInput, issue_letter, issue(case, replaces=wrong))
        assert list(error.data["problems"]) == ["replaces"]
    other = at(world, "intervention")
    record(world, other, "data_collection", {"treatment_needed": True, "health_need": "rawat inap"})
    consent(world, other, "health_service")
    refused(world, InvalidInput, issue_letter, issue(other, replaces=new.id))
    third = issued(world, case, replaces=new.id)
    act(world, void_letter, VoidLetter(letter=third.id, reason="Batal sama sekali"), by="sari")
    assert why_void(world, again(world, third)) == "Batal sama sekali"


# --- who signs -------------------------------------------------------------------------------------------------------


def signatory(world: World, holder: str, **more: Any) -> str:  # noqa: ANN401 - of AddSignatory
    command = admin.AddSignatory(
        **{"office_area": REGENCY, "post": "Kepala Bidang", "holder": holder, "starts_on": date(2026, 1, 1), **more}
    )
    return admin.add_signatory(world.session, command, by=viewer(world, "admin"), at=world.now)


def test_who_signs_is_chosen_among_those_who_may(world: World) -> None:
    case = needing(world)
    deputy = signatory(world, "Drs. Anwar", post="Kepala Dinas Sosial", prefix="a.n.", own_post="Sekretaris")
    head = rows.signatories(world.session, row_of(world, case).office_id, world.today)[-1]
    assert facts(world, issued(world, case))["signatory"]["name"] == "Drs. Anwar", "first by its prefix"
    chosen = facts(world, issued(world, case, signatory=head.id))["signatory"]
    assert (chosen["name"], chosen["prefix"]) == ("Dra. Nurhayati", "")
    assert facts(world, issued(world, case, signatory=deputy))["signatory"]["own_post"] == "Sekretaris"


def test_a_post_signs_the_letters_it_may_and_comes_last(world: World) -> None:
    case = needing(world)
    mine = signatory(world, "Andi, S.Sos.", letters=("RJK-RS",))
    other = signatory(world, "Budi, S.Sos.", letters=("st",))
    gone = signatory(world, "Cici, S.Sos.", ends_on=date(2026, 1, 5))
    assert facts(world, issued(world, case))["signatory"]["name"] == "Dra. Nurhayati"
    assert facts(world, issued(world, case, signatory=mine))["signatory"]["name"] == "Andi, S.Sos."
    for wrong in (other, gone, "siapa"):
        error = refused(world, InvalidInput, issue_letter, issue(case, signatory=wrong))
        assert list(error.data["problems"]) == ["signatory"]
    with pytest.raises(UnknownLetter):
        signatory(world, "Dodi", letters=("tidak-ada",))
