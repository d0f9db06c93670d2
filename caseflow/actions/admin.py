"""Administration: users, grants, stand-ins, tokens, signatories, institutions; each act an access entry.

An administrator administers an area: what lies outside is not there. Who covers every office administers the
installation (docs/decisions/0008).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from caseflow import access, crypto
from caseflow.access import Viewer
from caseflow.actions import areas, handover, reaching, ways_in
from caseflow.actions import letters as letter_actions
from caseflow.actions.typed import RAW, Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.i18n import format_date
from caseflow.ids import format_area, is_id, normalise_area
from caseflow.letters import catalogue
from caseflow.states import names
from caseflow.states.lifecycle import ROLES
from caseflow.store import accounts, institutions, letters, log, offices, sessions, users
from caseflow.store.accounts import Listed, Wanted
from caseflow.store.session import Session
from caseflow.store.users import Account

T = TypeVar("T")
SHORTEST_PASSWORD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser(Typed):
    """A new account with its first role."""

    username: str
    name: str
    role: str
    area: str
    password: str | None = field(default=None, repr=False, metadata=RAW)
    email: str | None = None
    language: str = "id"
    starts_on: date | None = None
    ends_on: date | None = None
    institution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSignatory(Typed):
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
    letters: tuple[str, ...] = ()
    """Kinds of letters, by name or code, that this post may sign; none named: all."""


# --- who may ----------------------------------------------------------------------------------------------------------


def require_admin(by: Viewer) -> None:
    """Raise `Forbidden` unless the person administers some area."""
    if "admin" not in by.roles:
        raise Forbidden(action=_("mengelola pengguna dan pengaturan"), allowed=access.names_of(("admin",)))


def require_area(by: Viewer, area: str) -> None:
    """Raise `Forbidden` unless the person administers this area."""
    require_admin(by)
    if not access.administers(by, area):
        raise Forbidden(
            action=_("mengatur wilayah {area}", area=format_area(area)), allowed=_("admin yang mencakup wilayah itu")
        )


def require_installation(session: Session, by: Viewer) -> None:
    """Raise `Forbidden` unless the person administers every office: for what concerns the installation as a whole."""
    require_admin(by)
    if not administers_installation(session, by):
        raise Forbidden(action=_("mengatur seluruh instalasi"), allowed=_("admin yang mencakup semua kantor"))


def administers_installation(session: Session, by: Viewer) -> bool:
    """Tell whether the person administers every office."""
    return access.administers_all(by, [office.area_code for office in offices.every(session)])


def managed_account(session: Session, user: str, *, by: Viewer, at: datetime) -> Account:
    """Return the account, by log-in name or id, of somebody of whom no role lies outside the administrator's areas.

    `NotFound` for whom the administrator's list does not show; `Forbidden` for who may something elsewhere too.
    """
    require_admin(by)
    found = users.by_id(session, user) if is_id(user) else users.by_username(session, user)
    if found is None or not accounts.seen(session, by, found.id):
        raise NotFound
    if not accounts.managed(session, by, found.id, on=areas.today(session, at)):
        raise Forbidden(
            action=_("mengubah akun yang juga berperan di luar wilayah Anda"),
            allowed=_("admin yang mencakup semua wilayahnya"),
        )
    return found


def refuse_oneself(account_id: str, action: Sentence, *, by: Viewer) -> None:
    if account_id == by.user_id:
        raise Forbidden(action=action, allowed=_("admin lain"))


# --- accounts --------------------------------------------------------------------------------------------------------


def list_users(session: Session, wanted: Wanted, *, by: Viewer, at: datetime) -> list[Listed]:
    """Return the accounts with a role, now or ever, in the administrator's areas, by log-in name."""
    require_admin(by)
    if wanted.area:
        wanted = replace(wanted, area=areas.known(session, wanted.area))
    if problems := _role(wanted.role) if wanted.role else {}:
        raise InvalidInput(problems)
    return accounts.listing(session, by, wanted, on=areas.today(session, at))


def add_user(session: Session, command: AddUser, *, by: Viewer, at: datetime) -> str:
    """Create an account with a dated role in an area; return its id."""
    require_admin(by)
    username, name = names.line(command.username), names.line(command.name)
    problems: dict[str, str] = {}
    if not username or len(username) > 80 or is_id(username):  # noqa: PLR2004 - the column's width
        problems["username"] = _("Nama pengguna wajib, paling banyak 80 huruf.")
    elif users.by_username(session, username) is not None:
        problems["username"] = _("Nama pengguna ini sudah ada.")
    problems |= _texts(("name", name, 200))
    if command.email and not reaching.is_address(command.email):
        problems["email"] = reaching.NO_ADDRESS
    if command.password is not None and len(command.password) < SHORTEST_PASSWORD:
        problems["password"] = _("Kata sandi paling sedikit {n} karakter.", n=SHORTEST_PASSWORD)
    granted = _Wanted(
        role=command.role,
        area=command.area,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        institution=command.institution,
    )
    checked = _checked(session, granted, problems, by=by, at=at)
    hashed = crypto.hash_password(command.password) if command.password else None
    user_id = users.add(session, username, name, hashed, command.email, command.language, at=at)
    _grant(session, user_id, checked, by=by, at=at)
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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A role to give: where, from when (None: today) until when."""

    role: str
    area: str
    starts_on: date | None
    ends_on: date | None
    institution: str | None


def grant_role(  # noqa: PLR0913 - a grant is that many facts
    session: Session,
    user: str,
    role: str,
    area: str,
    starts_on: date | None,
    ends_on: date | None,
    *,
    by: Viewer,
    at: datetime,
    institution: str | None = None,
) -> str:
    """Give an account, by log-in name or id, one more role in an area, from a day to a day; return the grant's id."""
    account = managed_account(session, user, by=by, at=at)
    refuse_oneself(account.id, _("memberi peran kepada diri sendiri"), by=by)
    checked = _checked(session, _Wanted(role, area, starts_on, ends_on, institution), {}, by=by, at=at)
    return _grant(session, account.id, checked, by=by, at=at)


def _checked(session: Session, wanted: _Wanted, problems: dict[str, str], *, by: Viewer, at: datetime) -> _Wanted:
    """Return the grant with its area's code and first day; `InvalidInput` with these and the problems found before."""
    found = problems | _role(wanted.role)
    code = _tried(found, lambda: areas.known(session, wanted.area)) or ""
    place = _tried(found, lambda: institutions.require(session, wanted.institution)) if wanted.institution else None
    starts_on = wanted.starts_on or areas.today(session, at, code)
    if wanted.ends_on is not None and wanted.ends_on < starts_on:
        found["ends_on"] = _("Tanggal akhir sebelum tanggal mulai.")
    if found:
        raise InvalidInput(found)
    require_area(by, code)
    if place is not None:
        require_area(by, place.area_code)
    return _Wanted(wanted.role, code, starts_on, wanted.ends_on, wanted.institution)


def _tried(problems: dict[str, str], find: Callable[[], T]) -> T | None:
    try:
        return find()
    except InvalidInput as unknown:
        problems |= unknown.data["problems"]
        return None


def _grant(session: Session, user_id: str, wanted: _Wanted, *, by: Viewer, at: datetime) -> str:
    first = wanted.starts_on or areas.today(session, at, wanted.area)
    grant_id = users.grant(
        session, user_id, wanted.role, wanted.area, first, wanted.ends_on, wanted.institution, by=by.user_id, at=at
    )
    data = {"user": user_id, "role": wanted.role, "area": wanted.area, "grant": grant_id}
    log.note_access(session, "user:role:granted", actor=by.user_id, at=at, data=data)
    return grant_id


def role_held(session: Session, user: str, role: str, area: str, *, by: Viewer, at: datetime) -> str:
    """Return the grant by which somebody holds, or will hold, a role in just this area; `InvalidInput` for none."""
    require_area(by, normalise_area(area))
    account = users.by_username(session, user)
    today = areas.today(session, at, normalise_area(area))
    held = accounts.unended(session, account.id, role, normalise_area(area), on=today) if account else []
    if not held:
        raise InvalidInput({"role": _("{name} tidak memegang peran itu di wilayah itu.", name=user)})
    return held[0].id


def end_role(session: Session, grant: str, last_day: date | None, *, by: Viewer, at: datetime) -> None:
    """Let a role, by the id of its grant, end after a day (None: today; yesterday ends it now), earlier than it did."""
    require_admin(by)
    held = accounts.grant_of(session, grant) if is_id(grant) else None
    if held is None or not access.administers(by, held.area):
        raise NotFound
    today = areas.today(session, at, held.area)
    last_day = last_day or today
    earliest = max(held.starts_on, today - timedelta(days=1))
    if last_day < earliest:
        raise InvalidInput({"last_day": _("Paling awal {day}.", day=format_date(earliest, "id"))})
    if held.ends_on is not None and last_day > held.ends_on:
        raise InvalidInput({"last_day": _("Peran ini sudah berakhir {day}.", day=format_date(held.ends_on, "id"))})
    accounts.end_grant(session, held.id, last_day)
    data = {"user": held.user_id, "role": held.role, "area": held.area, "grant": held.id, "until": last_day.isoformat()}
    log.note_access(session, "user:role:ended", actor=by.user_id, at=at, data=data)


def add_stand_in(
    session: Session, username: str, deputy: str, starts_on: date, ends_on: date, *, by: Viewer, at: datetime
) -> str:
    """Let somebody stand in for an absent colleague between two days; return the id of the stand-in."""
    absent, standing = (managed_account(session, name, by=by, at=at).id for name in (username, deputy))
    refuse_oneself(standing, _("menjadikan diri sendiri pengganti"), by=by)
    if absent == standing:
        raise InvalidInput({"deputy": _("Pengganti harus orang lain.")})
    if ends_on < starts_on:
        raise InvalidInput({"ends_on": _("Tanggal akhir sebelum tanggal mulai.")})
    row_id = users.add_stand_in(session, absent, standing, starts_on, ends_on, by=by.user_id, at=at)
    data = {"user": absent, "deputy": standing}
    log.note_access(session, "user:stand_in:added", actor=by.user_id, at=at, data=data)
    return row_id


def add_token(session: Session, username: str, label: str, *, by: Viewer, at: datetime) -> str:
    """Create a bearer token for the API; only its digest is kept, so it is shown once."""
    user_id = managed_account(session, username, by=by, at=at).id
    label = names.line(label)
    if problems := _texts(("label", label, 120), required=False):
        raise InvalidInput(problems)
    plain, digest = crypto.new_token()
    users.add_token(session, user_id, digest, label, at=at)
    log.note_access(session, "user:token:added", actor=by.user_id, at=at, data={"user": user_id})
    return plain


def set_password(session: Session, username: str, password: str | None, *, by: Viewer, at: datetime) -> None:
    """Give an account a new password: its sessions end, so that whoever knew the old one is out.

    The owner and the heads are told, as of a password for one log-in.
    """
    account = managed_account(session, username, by=by, at=at)
    if by != ROOT:
        ways_in.require_other(session, account, done=(ways_in.RESET,), by=by, at=at)
    if password is None or len(password) < SHORTEST_PASSWORD:
        raise InvalidInput({"password": _("Kata sandi paling sedikit {n} karakter.", n=SHORTEST_PASSWORD)})
    users.set_password(session, account.id, crypto.hash_password(password), once=False)
    sessions.revoke_all(session, account.id, at=at)
    ways_in.note(session, ways_in.SET, account, by=by, at=at)


def deactivate_user(session: Session, username: str, *, by: Viewer, at: datetime) -> int:
    """Switch an account off: its sessions and tokens end. Return how many open cases it leaves.

    Its supervisors are told to hand them over; closed files (R3) are not counted.
    """
    user_id = managed_account(session, username, by=by, at=at).id
    refuse_oneself(user_id, _("mematikan akun sendiri"), by=by)
    users.deactivate(session, user_id, at=at)
    log.note_access(session, "user:account:deactivated", actor=by.user_id, at=at, data={"user": user_id})
    return handover.told_of_leaving(session, user_id, by=by, at=at)


def activate_user(session: Session, username: str, *, by: Viewer, at: datetime) -> None:
    """Switch an account on again; sessions and tokens that ended stay ended."""
    user_id = managed_account(session, username, by=by, at=at).id
    accounts.activate(session, user_id)
    log.note_access(session, "user:account:activated", actor=by.user_id, at=at, data={"user": user_id})


# --- signatories and institutions ------------------------------------------------------------------------------------


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
    require_area(by, office.area_code)
    kinds = letter_actions.kinds(session) if command.letters else {}
    values = {
        "office_id": office.id,
        "post": names.line(command.post),
        "prefix": command.prefix,
        "own_post": command.own_post.strip() or None,
        "holder": names.line(command.holder),
        "rank": command.rank,
        "nip": command.nip,
        "starts_on": command.starts_on,
        "ends_on": command.ends_on,
        "letters": " ".join(sorted({catalogue.get(kinds, name).name for name in command.letters})) or None,
    }
    row_id = letters.add_signatory(session, values, at=at)
    log.note_access(session, "office:signatory:added", actor=by.user_id, at=at, data={"signatory": row_id})
    return row_id


def add_institution(
    session: Session, name: str, kind: str, addressee: str, place: str, area: str, *, by: Viewer, at: datetime
) -> str:
    """Record an institution letters go to; who administers the installation records those of any place."""
    require_admin(by)
    name, addressee, place = names.line(name), names.line(addressee), names.line(place)
    if problems := _texts(("name", name, 200), ("addressee", addressee, 200), ("place", place, 120)):
        raise InvalidInput(problems)
    code = normalise_area(area)
    if not access.administers(by, code):
        require_installation(session, by)
    row_id = institutions.add(session, name=name, kind=kind, addressee=addressee, place=place, area_code=code, at=at)
    log.note_access(session, "institution:added", actor=by.user_id, at=at, data={"institution": row_id})
    return row_id


ROOT = Viewer(access.SYSTEM_USER, "caseflow", (access.Grant("admin", access.EVERYWHERE),))
"""The operator at the command line: whoever may read the key file."""
