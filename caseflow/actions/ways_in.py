"""What an administrator does to somebody's way in: told to its owner and the heads; one person does not do it all."""

from datetime import datetime, timedelta

from caseflow.access import Viewer
from caseflow.actions import areas, inbox
from caseflow.errors import Refused, _
from caseflow.states.lifecycle import ABOVE
from caseflow.store import log, second_factors, users
from caseflow.store.session import Session
from caseflow.store.users import Account

RESET, GIVEN, SET = "user:second_factor:reset", "user:password:given", "user:password:set"
TOLD = {RESET: "factor_reset", GIVEN: "password_given", SET: "password_set"}
APART = timedelta(hours=24)
"""For so long who took the second factor of an approver away gives them no password, and the other way round."""


def require_other(session: Session, account: Account, *, done: tuple[str, ...], by: Viewer, at: datetime) -> None:
    """Raise `Refused` where the same administrator has `done` the other half to an account that may approve."""
    on = areas.today(session, at)
    owner = users.viewer(session, account, on)
    if owner.roles.isdisjoint(ABOVE) or not any(
        second_factors.noted(session, deed, account.id, by.user_id, since=at - APART) for deed in done
    ):
        return
    able = [set(users.holders(session, "admin", area, on)) for area in owner.areas(*owner.roles)]
    others = users.names(session, set.intersection(*able) - {by.user_id, account.id})
    if others:
        names = ", ".join(sorted(others.values()))
        raise Refused(
            reason=_(
                "Langkah kedua dihapus dan kata sandi diberi oleh orang yang berbeda dalam 24 jam, bila akunnya boleh "
                "menyetujui. Yang dapat melanjutkan: {names}.",
                names=names,
            )
        )
    raise Refused(
        reason=_(
            "Langkah kedua dihapus dan kata sandi diberi oleh orang yang berbeda dalam 24 jam, bila akunnya boleh "
            "menyetujui. Admin lain di wilayah ini belum ada: pemegang server dapat melanjutkan (caseflow user)."
        )
    )


def note(session: Session, code: str, account: Account, *, by: Viewer, at: datetime) -> None:
    """Put on record what was done, and tell the owner and the heads of the areas at once."""
    log.note_access(session, code, actor=by.user_id, at=at, data={"user": account.id})
    on = areas.today(session, at)
    owner = users.viewer(session, account, on)
    told = {head for area in owner.areas(*owner.roles) for head in users.holders(session, "head", area, on)}
    inbox.tell(
        session,
        (told | {account.id}) - {by.user_id},
        kind=TOLD[code],
        cause_key=f"{TOLD[code]}:{account.id}:{at.isoformat()}",
        case_id=None,
        data={"account": account.username},
        at=at,
    )
