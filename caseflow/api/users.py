"""Accounts for administrators: who works in their areas, with which roles until when; adding, ending, switching off."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import admin, second_factor
from caseflow.api import door
from caseflow.api.door import Reader, Run, Writer
from caseflow.api.fields import Body, Line, RowId, TypedDay, Word
from caseflow.api.models import CASE_ID, Answer
from caseflow.api.problems import refusals
from caseflow.i18n import LANGUAGES
from caseflow.states.lifecycle import ROLES
from caseflow.store.accounts import Wanted
from caseflow.store.session import Session

router: APIRouter = door.routes("Akun")
GIVEN = tuple(role for role in ROLES if role != "system")


# --- reading ----------------------------------------------------------------------------------------------------------


class Held(Answer):
    """A role in an area, past and coming ones included."""

    id: str = Field(description="Kirim ke /users/roles/{grant}/end untuk mengakhirinya.", examples=[CASE_ID])
    role: str = Field(examples=["caseworker"])
    area: str = Field(examples=["6310"])
    starts_on: date
    ends_on: date | None
    institution_id: str | None


class Account(Answer):
    """An account with its roles in your areas."""

    id: str = Field(examples=[CASE_ID])
    username: str = Field(examples=["rina"])
    name: str = Field(examples=["Rina Marlina"])
    email: str | None
    language: str
    active: bool = Field(description="false: dimatikan.")
    created_at: datetime
    last_log_in: datetime | None
    managed: bool = Field(description="Apakah Anda boleh mengubah akun ini: semua perannya di wilayah Anda.")
    second_factor: bool = Field(description="Apakah kode dari ponsel diminta saat masuk ke halaman.")
    reached_by: list[str] = Field(description="Jalan yang ada bagi pesannya, tanpa alamatnya.", examples=[["email"]])
    roles: list[Held]


class Accounts(Answer):
    """Accounts by log-in name; `next` is sent as `after` for more."""

    items: list[Account]
    next: str | None = None


class AccountsWanted(Body):
    """Which accounts."""

    area: Word = Field("", description="Hanya yang berperan di wilayah ini.", examples=["6310"])
    role: Word = Field("", json_schema_extra={"enum": ["", *GIVEN]})
    active: Annotated[bool | None, Field(strict=False)] = None
    after: Annotated[str, Field(max_length=80)] = ""
    limit: Annotated[int, Field(strict=False, ge=1, le=200)] = 50


@router.get("/users", responses=refusals(401, 403, 422, 429, 503), summary="Daftar akun")
def list_users(caller: Reader, wanted: Annotated[AccountsWanted, Query()]) -> Accounts:
    """Akun yang berperan, kini atau dahulu, di wilayah Anda sebagai admin."""
    asked = Wanted(**wanted.given())
    found = door.read(caller, lambda session, by, at: admin.list_users(session, asked, by=by, at=at))
    more = found[-1].username if len(found) == wanted.limit else None
    return Accounts(items=[Account.model_validate(account) for account in found], next=more)


# --- writing ----------------------------------------------------------------------------------------------------------


class Made(Answer):
    """What was written."""

    id: str = Field(examples=[CASE_ID])


class Deactivated(Made):
    """An account that was switched off, and what it leaves."""

    open: int = Field(description="Kasus terbukanya, tanpa berkas tertutup: diserahkan lewat /handovers/{user}.")


class GrantRole(Body):
    """A role in an area, from a day to a day; from today, without an end, unless said."""

    role: Word = Field(json_schema_extra={"enum": list(GIVEN)}, examples=["caseworker"])
    area: Word = Field(examples=["6310"])
    starts_on: TypedDay | None = None
    ends_on: TypedDay | None = None
    institution: RowId | None = Field(None, description="Id lembaga, untuk peran partner.")


class AddUser(GrantRole):
    """A new account with its first role; a password is set where it is not kept: at the command line or on a page."""

    username: Annotated[str, Field(max_length=80, examples=["rina"])]
    name: Line = Field(examples=["Rina Marlina"])
    email: Line | None = None
    language: Word = Field("id", json_schema_extra={"enum": list(LANGUAGES)})


class EndRole(Body):
    """The last day of a role; today unless said, yesterday to end it now."""

    last_day: TypedDay | None = None


class StandIn(Body):
    """Who stands in, from a day to a day."""

    deputy: RowId = Field(description="Id akun penggantinya.", examples=[CASE_ID])
    starts_on: TypedDay
    ends_on: TypedDay


class Nothing(Body):
    """A body without fields."""


@door.writes(router.post, "/users", "Tambah akun", status=201, model=Made)
def add_user(caller: Writer, body: AddUser) -> Response:
    """Buat akun dengan perannya yang pertama; kata sandinya diberikan lewat baris perintah."""
    command = admin.AddUser(**body.given())
    return _written(caller, 201, lambda session, by, at: Made(id=admin.add_user(session, command, by=by, at=at)))


@door.writes(router.post, "/users/{user}/roles", "Beri peran", status=201, model=Made)
def grant_role(caller: Writer, user: str, body: GrantRole) -> Response:
    """Beri akun satu peran lagi; tidak lebih luas dari wilayah Anda, dan tidak kepada diri sendiri."""
    given = body.given()

    def run(session: Session, by: Viewer, at: datetime) -> Made:
        return Made(id=admin.grant_role(session, user, by=by, at=at, **given))

    return _written(caller, 201, run)


@door.writes(router.post, "/users/roles/{grant}/end", "Akhiri peran", model=Made)
def end_role(caller: Writer, grant: str, body: EndRole) -> Response:
    """Tentukan hari terakhir sebuah peran; yang sudah berakhir tidak diperpanjang."""

    def run(session: Session, by: Viewer, at: datetime) -> Made:
        admin.end_role(session, grant, body.last_day, by=by, at=at)
        return Made(id=grant)

    return _written(caller, 200, run)


@door.writes(router.post, "/users/{user}/deactivate", "Matikan akun", model=Deactivated)
def deactivate(caller: Writer, user: str, _body: Nothing) -> Response:
    """Matikan akun: sesi dan tokennya berakhir saat itu juga. Supervisornya diberi tahu bila ada kasus terbuka."""

    def run(session: Session, by: Viewer, at: datetime) -> Deactivated:
        return Deactivated(id=user, open=admin.deactivate_user(session, user, by=by, at=at))

    return _written(caller, 200, run)


@door.writes(router.post, "/users/{user}/activate", "Hidupkan akun", model=Made)
def activate(caller: Writer, user: str, _body: Nothing) -> Response:
    """Hidupkan lagi akun yang dimatikan; tokennya dibuat baru."""

    def run(session: Session, by: Viewer, at: datetime) -> Made:
        admin.activate_user(session, user, by=by, at=at)
        return Made(id=user)

    return _written(caller, 200, run)


@door.writes(router.post, "/users/{user}/second-factor/reset", "Hapus langkah kedua", model=Made)
def reset_second_factor(caller: Writer, user: str, _body: Nothing) -> Response:
    """Hapus langkah kedua sebuah akun, misalnya ponselnya hilang: sesinya berakhir. Tidak untuk akun sendiri."""

    def run(session: Session, by: Viewer, at: datetime) -> Made:
        second_factor.reset(session, user, by=by, at=at)
        return Made(id=user)

    return _written(caller, 200, run)


@door.writes(router.post, "/users/{user}/stand-ins", "Pengganti", status=201, model=Made)
def add_stand_in(caller: Writer, user: str, body: StandIn) -> Response:
    """Catat pengganti seorang pengguna selama ia tidak ada."""

    def run(session: Session, by: Viewer, at: datetime) -> Made:
        made = admin.add_stand_in(session, user, body.deputy, body.starts_on, body.ends_on, by=by, at=at)
        return Made(id=made)

    return _written(caller, 201, run)


def _written(caller: Writer, status: int, run: Run[BaseModel]) -> Response:
    return door.write(caller, lambda session, by, at: (status, run(session, by, at)))
