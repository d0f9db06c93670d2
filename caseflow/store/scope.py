"""The access rules of `caseflow.access` as SQL filters; a test holds each equal to its function."""

from sqlalchemy import ColumnElement, and_, exists, false, literal_column, or_, select, true

from caseflow.access import AREA_READERS, CONTENT_ROLES, EVERYWHERE, Viewer
from caseflow.store.tables import case_file, case_team

KABUPATEN = 4
"""Digits of the code of a kabupaten."""
_KABUPATEN_OF_CASE = "substr(case_file.area_code, 1, 4)"
"""As the indexes of case_file spell it: with bound numbers no index would be found."""


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition under which a case row is visible to the viewer."""
    mine = case_file.c.assignee_id == viewer.user_id
    in_team = exists().where(case_team.c.case_id == case_file.c.id, case_team.c.user_id == viewer.user_id)
    return or_(
        and_(case_file.c.confidentiality != "R3", _open_files(viewer, mine)),
        and_(case_file.c.confidentiality == "R3", _closed_files(viewer, mine, in_team)),
    )


def ways(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return what `visible_to` comes to, as conditions that an index each answers, in the order of numbers if need be.

    A list of the newest few takes the newest few of each. In one condition no index serves all of its parts, and a
    database reads the cases of everybody, newest first, until it meets enough of the viewer's.
    """
    plain, rule = case_file.c.confidentiality != "R3", visible_to(viewer)
    found = [and_(plain, _inside(area)) for area in viewer.areas(*AREA_READERS, "caseworker")]
    if "intake" in viewer.roles:
        found += [and_(plain, case_file.c.state == "data_collection", _inside(area)) for area in viewer.areas("intake")]
        found.append(and_(rule, case_file.c.opened_by == viewer.user_id))
    if viewer.roles.intersection(CONTENT_ROLES):
        mine = select(case_team.c.case_id).where(case_team.c.user_id == viewer.user_id)
        found += [and_(rule, case_file.c.assignee_id == viewer.user_id), and_(rule, case_file.c.id.in_(mine))]
    return found


def _inside(area: str) -> ColumnElement[bool]:
    """Return `within` of one area, so that an index on the kabupaten serves most of those who read lists."""
    kabupaten: ColumnElement[str] = literal_column(_KABUPATEN_OF_CASE)
    if len(area) < KABUPATEN:
        return within((area,))
    here = kabupaten == area[:KABUPATEN]
    return here if len(area) == KABUPATEN else and_(here, within((area,)))


def _open_files(viewer: Viewer, mine: ColumnElement[bool]) -> ColumnElement[bool]:
    roles = viewer.roles
    found = [within(viewer.areas(*AREA_READERS, "caseworker"))]
    if "caseworker" in roles:
        found.append(mine)
    if "intake" in roles:
        theirs = or_(case_file.c.opened_by == viewer.user_id, case_file.c.state == "data_collection")
        found.append(and_(theirs, within(viewer.areas("intake"))))
    return or_(*found)


def _closed_files(viewer: Viewer, mine: ColumnElement[bool], in_team: ColumnElement[bool]) -> ColumnElement[bool]:
    found = [and_(in_team, within(viewer.areas(*CONTENT_ROLES)))]
    if viewer.roles.intersection(CONTENT_ROLES):
        found.append(mine)
    return or_(*found)


def within(areas: tuple[str, ...], column: ColumnElement[str] = case_file.c.area_code) -> ColumnElement[bool]:
    """Return the condition that a case, or another column's area, lies in one of the areas (code prefixes).

    No area means none.
    """
    if not areas:
        return false()
    return or_(*(column.startswith(a, autoescape=True) for a in areas))


def administered(viewer: Viewer, column: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a column's area is administered by the viewer: `access.administers` as a filter."""
    areas = viewer.areas("admin")
    return true() if EVERYWHERE in areas else within(areas, column)
