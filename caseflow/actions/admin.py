"""Administration: users, grants, stand-ins, tokens, signatories, institutions; each act an access entry."""

from dataclasses import dataclass
from datetime import date, datetime

from caseflow import access, crypto
from caseflow.access import Viewer
from caseflow.actions import areas
from caseflow.errors import Forbidden, InvalidInput, NotFound, _
from caseflow.ids import normalise_area
from caseflow.states.lifecycle import ROLES
from caseflow.store import institutions, letters, log, sessions, users
from caseflow.store.session import Session

SHORTEST_PASSWORD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser:
    """A new account with its first role."""

    username: str
    name: str
    role: str
    area: str
    password: str | None = None
    email: str | None = None
    language: str = "id"
    starts_on: date | None = None
    ends_on: date | None = None
    institution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSignatory:
    """Who signs for an office, from a day to a day."""

    office_area: str
    post: str
    holder: str
    rank: str = ""
    nip: str = ""
    prefix: str = ""
    """"Plt." or "Plh.": acting in the post; "a.n.": on behalf of the post, in the own one."""
    own_post: str = ""
    starts_on: date
    ends_on: date | None = None


def require_admin(by: Viewer) -> None:
    """Raise `Forbidden` unless the person administers this installation."""
    if "admin" not in by.roles:
        raise Forbidden(action=_("mengelola pengguna dan pengaturan"), allowed=access.names_of(("admin",)))


def add_user(session: Session, command: AddUser, *, by: Viewer, at: datetime) -> str:
    """Create an account with a dated role in an area; return its id."""
    require_admin(by)
    problems: dict[str, str] = {}
    if not command.username.strip() or len(command.username) > 80:  # noqa: PLR2004 - the column's width
        problems["username"] = _("Nama pengguna wajib, paling banyak 80 huruf.")
    problems |= _texts(("name", command.name, 200)) | _texts(("email", command.email, 200), required=False)
    problems |= _role(command.role)
    if command.password is not None and len(command.password) < SHORTEST_PASSWORD:
        problems["password"] = _("Kata sandi paling sedikit {n} huruf.", n=SHORTEST_PASSWORD)
    if command.ends_on and command.starts_on and command.ends_on < command.starts_on:
        problems["ends_on"] = _("Tanggal akhir sebelum tanggal mulai.")
    if users.by_username(session, command.username.strip()) is not None:
        problems["username"] = _("Nama pengguna ini sudah ada.")
    if problems:
        raise InvalidInput(problems)
    hashed = crypto.hash_password(command.password) if command.password else None
    user_id = users.add(
        session, command.username.strip(), command.name.strip(), hashed, command.email, command.language, at=at
    )
    grant_role(
        session,
        user_id,
        command.role,
        command.area,
        command.starts_on or at.date(),
        command.ends_on,
        by=by,
        at=at,
        institution=command.institution,
    )
    return user_id


def _texts(*given: tuple[str, str | None, int], required: bool = True) -> dict[str, str]:
    """Return field -> sentence for texts (field, value, longest) that are missing or do not fit."""
    problems: dict[str, str] = {}
    problems |= {key: _("Paling banyak {n} huruf.", n=most) for key, text, most in given if len(text or "") > most}
    if required:
        problems |= {key: _("Isian ini wajib.") for key, text, _most in given if not (text or "").strip()}
    return problems


def _role(role: str) -> dict[str, str]:
    if role in ROLES and role != "system":
        return {}
    return {"role": _("Pilih salah satu: {choices}.", choices=", ".join(r for r in ROLES if r != "system"))}


def grant_role(  # noqa: PLR0913 - a grant is that many facts
    session: Session,
    user_id: str,
    role: str,
    area: str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Viewer,
    at: datetime,
    institution: str | None = None,
) -> None:
    """Give an account one more role in an area, from a day to a day."""
    require_admin(by)
    problems = _role(role)
    if ends_on is not None and ends_on < starts_on:
        problems["ends_on"] = _("Tanggal akhir sebelum tanggal mulai.")
    if problems:
        raise InvalidInput(problems)
    code = normalise_area(area)
    users.grant(session, user_id, role, code, starts_on, ends_on, institution, by=by.user_id, at=at)
    data = {"user": user_id, "role": role, "area": code}
    log.note_access(session, "user:role:granted", actor=by.user_id, at=at, data=data)


def add_stand_in(
    session: Session, username: str, deputy: str, starts_on: date, ends_on: date, *, by: Viewer, at: datetime
) -> None:
    """Let somebody stand in for an absent colleague between two days."""
    require_admin(by)
    absent, standing = _account(session, username), _account(session, deputy)
    if absent == standing:
        raise InvalidInput({"deputy": _("Pengganti harus orang lain.")})
    if ends_on < starts_on:
        raise InvalidInput({"ends_on": _("Tanggal akhir sebelum tanggal mulai.")})
    users.add_stand_in(session, absent, standing, starts_on, ends_on, by=by.user_id, at=at)
    data = {"user": absent, "deputy": standing}
    log.note_access(session, "user:stand_in:added", actor=by.user_id, at=at, data=data)


def add_token(session: Session, username: str, label: str, *, by: Viewer, at: datetime) -> str:
    """Create a bearer token for the API; only its digest is kept, so it is shown once."""
    require_admin(by)
    if problems := _texts(("label", label, 120), required=False):
        raise InvalidInput(problems)
    user_id = _account(session, username)
    plain, digest = crypto.new_token()
    users.add_token(session, user_id, digest, label, at=at)
    log.note_access(session, "user:token:added", actor=by.user_id, at=at, data={"user": user_id})
    return plain


def set_password(session: Session, username: str, password: str | None, *, by: Viewer, at: datetime) -> None:
    """Give an account a new password: its sessions end, so that whoever knew the old one is out."""
    require_admin(by)
    user_id = _account(session, username)
    if password is None or len(password) < SHORTEST_PASSWORD:
        raise InvalidInput({"password": _("Kata sandi paling sedikit {n} huruf.", n=SHORTEST_PASSWORD)})
    users.set_password(session, user_id, crypto.hash_password(password))
    sessions.revoke_all(session, user_id, at=at)
    log.note_access(session, "user:password:set", actor=by.user_id, at=at, data={"user": user_id})


def deactivate_user(session: Session, username: str, *, by: Viewer, at: datetime) -> None:
    """Switch an account off: its sessions and tokens end, its open work is reminded to the supervisor."""
    require_admin(by)
    user_id = _account(session, username)
    users.deactivate(session, user_id, at=at)
    log.note_access(session, "user:account:deactivated", actor=by.user_id, at=at, data={"user": user_id})


def add_signatory(session: Session, command: AddSignatory, *, by: Viewer, at: datetime) -> str:
    """Record who signs for an office, from day to day.

    Whoever acts in the post (Plt., Plh.) comes before who signs on its behalf (a.n.), and both before its holder.
    """
    require_admin(by)
    problems = _texts(("post", command.post, 200), ("holder", command.holder, 200))
    problems |= _texts(("rank", command.rank, 120), ("nip", command.nip, 40), required=False)
    on_behalf = command.prefix == letters.ON_BEHALF
    problems |= _texts(("own_post", command.own_post, 200), required=on_behalf)
    if command.prefix not in letters.PREFIXES:
        problems["prefix"] = _("Pilih salah satu: {choices}.", choices=", ".join(letters.PREFIXES))
    elif command.own_post.strip() and not on_behalf:
        problems["own_post"] = _(
            "Jabatan sendiri hanya ditulis untuk a.n.: yang lain menandatangani dalam jabatan itu."
        )
    if command.ends_on is not None and command.ends_on < command.starts_on:
        problems["ends_on"] = _("Tanggal akhir sebelum tanggal mulai.")
    if problems:
        raise InvalidInput(problems)
    office = areas.office_for(session, normalise_area(command.office_area))
    values = {
        "office_id": office.id,
        "post": command.post,
        "prefix": command.prefix,
        "own_post": command.own_post.strip() or None,
        "holder": command.holder,
        "rank": command.rank,
        "nip": command.nip,
        "starts_on": command.starts_on,
        "ends_on": command.ends_on,
    }
    row_id = letters.add_signatory(session, values, at=at)
    log.note_access(session, "office:signatory:added", actor=by.user_id, at=at, data={"signatory": row_id})
    return row_id


def add_institution(
    session: Session, name: str, kind: str, addressee: str, place: str, area: str, *, by: Viewer, at: datetime
) -> str:
    """Record an institution letters go to."""
    require_admin(by)
    if problems := _texts(("name", name, 200), ("addressee", addressee, 200), ("place", place, 120)):
        raise InvalidInput(problems)
    row_id = institutions.add(
        session, name=name, kind=kind, addressee=addressee, place=place, area_code=normalise_area(area), at=at
    )
    log.note_access(session, "institution:added", actor=by.user_id, at=at, data={"institution": row_id})
    return row_id


def _account(session: Session, username: str) -> str:
    found = users.by_username(session, username)
    if found is None:
        raise NotFound
    return found.id


ROOT = Viewer(access.SYSTEM_USER, "caseflow", (access.Grant("admin", ""),))
"""The operator at the command line: whoever may read the key file."""
