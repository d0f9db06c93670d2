"""How somebody wants to be reached outside the log-in, set by that person: ways, quiet hours, messages or digests."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from caseflow.access import SYSTEM_USER, Viewer
from caseflow.actions.typed import Typed
from caseflow.channels import email, registry
from caseflow.channels.protocol import Recipient
from caseflow.errors import Forbidden, InvalidInput, Sentence, _
from caseflow.settings import Settings
from caseflow.states import quiet
from caseflow.store import log, reach
from caseflow.store.reach import TELLS, Reader, Ways
from caseflow.store.session import Session

LONGEST = 200
NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
"""As the world writes numbers (E.164)."""
NO_ADDRESS = _("Tulis alamat surel lengkap, misalnya rina@dinsos.example.go.id.")
HOME = "+62"
TIME = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReach(Typed):
    """What somebody changes; None stays. An empty address is taken back; times are 20.00 or 20:00, equal for none."""

    email: str | None = None
    whatsapp: str | None = None
    email_on: bool | None = None
    whatsapp_on: bool | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    tells: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody is reached, as that person sees it."""

    ways: Ways
    account_email: str
    """Where e-mail goes while the person gave no address of their own."""
    offered: tuple[str, ...]
    """The ways this installation has."""


def show(session: Session, *, by: Viewer) -> Reached:
    """Return how the person who asks is reached."""
    reader = _reader(session, by)
    offered = tuple(registry.active(session.settings))
    return Reached(reader.ways, reader.account_email or "", offered)


def change(session: Session, command: ChangeReach, *, by: Viewer, at: datetime) -> Reached:
    """Change how the person who asks is reached. Raises `InvalidInput`; the entry in the log holds no address."""
    reader = _reader(session, by)
    problems: dict[str, str] = {}
    given = {name: value for name, value in _given(command, problems).items() if value is not None}
    if problems:
        raise InvalidInput(problems)
    ways = replace(reader.ways, **given)
    reach.set_ways(session, by.user_id, ways, at=at)
    data = {"ways": _open_ways(ways, reader.account_email), "tells": ways.tells, "changed": sorted(given)}
    log.note_access(session, "user:reach:changed", actor=by.user_id, at=at, data=data)
    return show(session, by=by)


def _open_ways(ways: Ways, account_email: str | None) -> list[str]:
    found = (
        (reach.EMAIL, ways.email or account_email, ways.email_on),
        (reach.WHATSAPP, ways.whatsapp, ways.whatsapp_on),
    )
    return [name for name, address, is_on in found if address and is_on]


def _reader(session: Session, by: Viewer) -> Reader:
    found = reach.readers(session, {by.user_id}) if by.user_id and by.user_id != SYSTEM_USER else {}
    if by.user_id not in found:
        raise Forbidden(action=_("mengatur pemberitahuan"), allowed=_("pemilik akunnya"))
    return found[by.user_id]


def _given(command: ChangeReach, problems: dict[str, str]) -> dict[str, Any]:
    """Return the changes as they are kept; what cannot be is told in `problems`."""
    return {
        "email": _address(command.email, problems),
        "whatsapp": _number(command.whatsapp, problems),
        "email_on": command.email_on,
        "whatsapp_on": command.whatsapp_on,
        "quiet_from": _minutes("quiet_from", command.quiet_from, problems),
        "quiet_to": _minutes("quiet_to", command.quiet_to, problems),
        "tells": _choice(command.tells, problems),
    }


def _address(typed: str | None, problems: dict[str, str]) -> str | None:
    address = typed.strip() if typed is not None else None
    if address and not is_address(address):
        problems["email"] = NO_ADDRESS
    return address


def is_address(text: str) -> bool:
    """Tell whether a text is one address of e-mail with the whole name of its server."""
    names = text.rpartition("@")[2].split(".")
    return len(text) <= LONGEST and email.ADDRESS.fullmatch(text) is not None and len(names) > 1 and all(names)


def _number(typed: str | None, problems: dict[str, str]) -> str | None:
    """Return a number as the world writes it: 0812... is one of ours."""
    if typed is None or not typed.strip():
        return typed and ""
    bare = re.sub(r"[\s().-]", "", typed)
    number = HOME + bare[1:] if bare.startswith("0") else bare if bare.startswith("+") else f"+{bare}"
    if not number.isascii() or not NUMBER.fullmatch(number):
        problems["whatsapp"] = _("Tulis nomor WhatsApp dengan angka, misalnya 0812 3456 7890.")
    return number


def _minutes(key: str, typed: str | None, problems: dict[str, str]) -> int | None:
    if typed is None:
        return None
    found = TIME.fullmatch(typed.strip())
    if found is None or not typed.isascii():
        problems[key] = _("Tulis jam seperti 20.00.")
        return None
    return int(found[1]) * 60 + int(found[2])


def _choice(typed: str | None, problems: dict[str, str]) -> str | None:
    if typed is not None and typed not in TELLS:
        problems["tells"] = _("Pilih salah satu: {choices}.", choices=", ".join(TELLS))
    return typed


def clock_of(minutes: int) -> str:
    """Return minutes after midnight as people write a time of day."""
    return f"{minutes // 60:02d}.{minutes % 60:02d}"


# --- what leaves the house --------------------------------------------------------------------------------------------


def recipient(reader: Reader) -> Recipient:
    """Return what a channel may know of somebody."""
    return Recipient(reader.username, reader.email, reader.language, reader.whatsapp)


def ways_out(settings: Settings, reader: Reader, *, digest: bool, urgent: bool) -> tuple[str, ...]:
    """Return the channels a message takes to somebody: those that reach the person and that the person wants it by."""
    wanted = reach.EACH if digest else reach.DIGEST
    if reader.ways.tells == wanted and not urgent:
        return ()
    known = recipient(reader)
    return tuple(name for name, channel in registry.active(settings).items() if channel.address(known))


def awake_at(session: Session, reader: Reader, at: datetime) -> datetime:
    """Return when a message may reach somebody: now, or when the quiet hours of that person end."""
    zone = reach.zone_of(session, reader.id)
    if zone is None:
        return at
    return quiet.awake_at(at, zone, reader.ways.quiet_from, reader.ways.quiet_to)


def words_of(tells: str) -> Sentence:
    """Return what somebody chose to be told, as a sentence."""
    return CHOICES[tells]


CHOICES: dict[str, Sentence] = {
    reach.ALL: _("Setiap pesan, dan ringkasan"),
    reach.DIGEST: _("Ringkasan saja; yang darurat tetap langsung"),
    reach.EACH: _("Setiap pesan, tanpa ringkasan"),
}
"""What leaves the house, as somebody chooses it."""
