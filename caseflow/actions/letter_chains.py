"""Which posts initial (paraf) which letters of an office, in what order, and who holds these posts from day to day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import admin, areas, letter_issuing
from caseflow.actions import letters as letter_actions
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, Label, NotFound, Sentence, _, listed
from caseflow.i18n import format_date
from caseflow.ids import area_within, is_id, normalise_area
from caseflow.letters import catalogue
from caseflow.states import names
from caseflow.store import accounts, initials, log, offices, users
from caseflow.store.initials import SETTING
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.store.types import Row

PREFIXES = ("", "Plt.", "Plh.")
"""How a post is held: by its holder, or by somebody who acts in it for now."""
_DAY = timedelta(days=1)
LONGEST, MOST = 200, 6
"""Letters of a post, and posts of a chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChain(Typed):
    """The posts that initial a kind of letter, in order; no `letter`: every letter that has none of its own.

    An empty tuple: this kind goes without initials. None: as every other letter.
    """

    area: str | None = None
    letter: str | None = None
    posts: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPost(Typed):
    """Who holds a post that initials, from a day to a day; `prefix` for who acts in it (Plt., Plh.)."""

    area: str | None = None
    post: str
    user: str
    prefix: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Chains:
    """What an office has set: kind of letter ("*": every other) -> posts; and who holds posts, ever."""

    area: str
    office: str
    chains: dict[str, tuple[str, ...]]
    holders: tuple[Row[Any], ...]
    vacant: dict[str, Sentence]
    """Post -> the letters that stop there from tomorrow on, because nobody holds it."""
    today: date


def read(session: Session, area: str | None, *, by: Viewer, at: datetime) -> Chains:
    """Return the chains of an office and the holders of its posts, to who administers it.

    Without an area it is the only office that somebody administers.
    """
    office = _office(session, area, by)
    chains = office.settings.get(SETTING, {})
    today = areas.today(session, at, office.area_code)
    return Chains(
        office.area_code,
        f"{office.agency} {office.government}",
        {kind: tuple(posts) for kind, posts in sorted(chains.items())},
        tuple(initials.holders(session, office.id)),
        vacant(session, office, on=today + _DAY),
        today,
    )


def _office(session: Session, area: str | None, by: Viewer) -> OfficeRow:
    admin.require_admin(by)
    if area:
        office = areas.office_for(session, normalise_area(area))
        admin.require_area(by, office.area_code)
        return office
    found = [office for office in offices.every(session) if access.administers(by, office.area_code)]
    if len(found) != 1:
        known = ", ".join(office.area_code for office in found) or "-"
        raise InvalidInput({"area": _("Sebut kantornya: {known}.", known=known)})
    return found[0]


def set_chain(session: Session, command: SetChain, *, by: Viewer, at: datetime) -> None:
    """Say which posts initial a kind of letter. Drafts that wait already keep the posts they were asked under.

    Raises `Forbidden`, `UnknownLetter`, `InvalidInput` (a post that nobody holds, or named twice).
    """
    office = _office(session, command.area, by)
    kind = letter_issuing.EVERY
    if command.letter and command.letter != kind:
        kind = catalogue.get(letter_actions.kinds(session), command.letter).name
    wanted = None if command.posts is None else _known(session, office, command.posts, at)
    settings = offices.settings_to_change(session, office.id)
    chains = {name: posts for name, posts in settings.get(SETTING, {}).items() if name != kind}
    if wanted is not None and (wanted or kind != letter_issuing.EVERY):
        chains[kind] = wanted
    offices.set_settings(session, office.id, {**settings, SETTING: chains})
    data = {"office": office.id, "letter": kind, "posts": ", ".join(wanted or ()) or "-"}
    log.note_access(session, "office:initials:set", actor=by.user_id, at=at, data=data)


def _known(session: Session, office: OfficeRow, posts: tuple[str, ...], at: datetime) -> list[str]:
    """Return posts as they are written where their holders are recorded."""
    today = areas.today(session, at, office.area_code)
    held = {
        row.post.casefold(): row.post
        for row in initials.holders(session, office.id)
        if row.active and (row.ends_on is None or row.ends_on >= today)
    }
    typed = [names.line(post) for post in posts]
    if unknown := [post for post in typed if post.casefold() not in held]:
        known = "; ".join(held.values()) or "-"
        raise InvalidInput(
            {"posts": _("Belum ada pemegang jabatan {post}. Yang ada: {known}.", post=", ".join(unknown), known=known)}
        )
    found = [held[post.casefold()] for post in typed]
    if len(set(found)) < len(found):
        raise InvalidInput({"posts": _("Setiap jabatan hanya satu kali.")})
    if len(found) > MOST:
        raise InvalidInput({"posts": _("Paling banyak {n} jabatan.", n=MOST)})
    return found


def hold_post(session: Session, command: HoldPost, *, by: Viewer, at: datetime) -> str:
    """Record who holds a post that initials letters; return the id of that. Nobody gives a post to themselves."""
    office = _office(session, command.area, by)
    today = areas.today(session, at, office.area_code)
    starts_on = command.starts_on or today
    post = names.line(command.post)
    account = users.by_id(session, command.user) if is_id(command.user) else users.by_username(session, command.user)
    if account is not None and account.id == by.user_id:
        raise Forbidden(action=_("memberi jabatan yang memaraf kepada diri sendiri"), allowed=_("admin lain"))
    problems: dict[str, Sentence] = {}
    if not post:
        problems["post"] = _("Isian ini wajib.")
    elif len(post) > LONGEST:
        problems["post"] = _("Paling banyak {n} huruf.", n=LONGEST)
    if command.prefix not in PREFIXES:
        problems["prefix"] = _("Pilih salah satu: {choices}.", choices="Plt., Plh.")
    if account is None or not account.active or not accounts.seen(session, by, account.id):
        problems["user"] = _('Pengguna "{name}" tidak dikenal atau tidak aktif.', name=command.user)
    elif not _may_initial(session, account, office, max(starts_on, today)):
        problems["user"] = _(
            '"{name}" tidak dapat memaraf: perlu salah satu peran di wilayah kantor ini ({roles}).',
            name=account.username,
            roles=access.names_of(access.ACTS["issue_letter"]),
        )
    if command.ends_on is not None and command.ends_on < starts_on:
        problems["ends_on"] = _("Tanggal akhir sebelum tanggal mulai.")
    if problems or account is None:
        raise InvalidInput(dict(problems))
    spelled = {row.post.casefold(): row.post for row in initials.holders(session, office.id)}
    values = {
        "office_id": office.id,
        "post": spelled.get(post.casefold(), post),
        "prefix": command.prefix,
        "user_id": account.id,
        "starts_on": starts_on,
        "ends_on": command.ends_on,
    }
    row_id = initials.add_holder(session, values, by=by.user_id, at=at)
    data = {"office": office.id, "holder": row_id, "user": account.id, "post": values["post"], "from": str(starts_on)}
    log.note_access(session, "office:post:given", actor=by.user_id, at=at, data=data)
    return row_id


def _may_initial(session: Session, account: users.Account, office: OfficeRow, on: date) -> bool:
    """Tell whether somebody may, by a role of the own, issue letters in the whole area of an office."""
    held = (grant for grant in users.viewer(session, account, on).grants if not grant.for_user)
    return any(g.role in access.ACTS["issue_letter"] and area_within(office.area_code, g.area) for g in held)


def leave_post(session: Session, holder: str, last_day: date | None, *, by: Viewer, at: datetime) -> Sentence | None:
    """Let somebody hold a post no longer than a day (None: today; yesterday ends it now).

    A post that is ended on the day it begins, or before, was given by mistake: it counts as never held. Returns a
    warning where letters stop at the post from then on, because nobody else holds it.
    """
    row = initials.holder(session, holder) if is_id(holder) else None
    if row is None:
        raise NotFound
    admin.require_area(by, row.area_code)
    today = areas.today(session, at, row.area_code)
    last_day = last_day or today
    mistaken = last_day <= row.starts_on >= today
    earliest = today - _DAY
    if last_day < earliest:
        raise InvalidInput({"last_day": _("Paling awal {day}.", day=format_date(earliest, "id"))})
    if row.ends_on is not None and last_day > row.ends_on:
        raise InvalidInput({"last_day": _("Jabatan ini sudah berakhir {day}.", day=format_date(row.ends_on, "id"))})
    if mistaken:
        initials.remove_holder(session, row.id)
    else:
        initials.end_holder(session, row.id, last_day)
    data = {"office": row.office_id, "holder": row.id, "user": row.user_id, "until": last_day.isoformat()}
    log.note_access(session, "office:post:left", actor=by.user_id, at=at, data=data)
    left = vacant(session, offices.require(session, row.office_id), on=today if mistaken else last_day + _DAY)
    if row.post not in left:
        return None
    return _(
        "Sesudah itu tidak ada yang memegang jabatan {post}: surat {letters} berhenti di sana. Catat penggantinya.",
        post=row.post,
        letters=left[row.post],
    )


def vacant(session: Session, office: OfficeRow, *, on: date) -> dict[str, Sentence]:
    """Return post -> the kinds of letters that wait for its initial, of posts in a chain that nobody holds that day."""
    held = {row.post for row in initials.holders(session, office.id, on=on)}
    titles = {name: kind.title for name, kind in letter_actions.kinds(session).items()}
    found: dict[str, list[str]] = {}
    for name, posts in office.settings.get(SETTING, {}).items():
        title = Label(titles[name].id, en=titles[name].en) if name in titles else _("semua surat lainnya")
        for post in set(posts) - held:
            found.setdefault(post, []).append(title)
    return {post: listed(kinds) for post, kinds in found.items()}
