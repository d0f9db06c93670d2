"""The access rule of `caseflow.access` as a SQL filter over case_file; a test holds the two equal."""

from sqlalchemy import ColumnElement, and_, exists, false, or_

from caseflow.access import AREA_READERS, CONTENT_ROLES, Viewer
from caseflow.store.tables import case_file, case_team


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition under which a case row is visible to the viewer."""
    mine = case_file.c.assignee_id == viewer.user_id
    in_team = exists().where(case_team.c.case_id == case_file.c.id, case_team.c.user_id == viewer.user_id)
    return or_(
        and_(case_file.c.confidentiality != "R3", _open_files(viewer, mine)),
        and_(case_file.c.confidentiality == "R3", _closed_files(viewer, mine, in_team)),
    )


def _open_files(viewer: Viewer, mine: ColumnElement[bool]) -> ColumnElement[bool]:
    roles = viewer.roles
    found = [within(viewer.areas(*AREA_READERS, "caseworker"))]
    if "caseworker" in roles:
        found.append(mine)
    if "intake" in roles:
        found.append(case_file.c.opened_by == viewer.user_id)
        found.append(and_(case_file.c.state == "data_collection", within(viewer.areas("intake"))))
    return or_(*found)


def _closed_files(viewer: Viewer, mine: ColumnElement[bool], in_team: ColumnElement[bool]) -> ColumnElement[bool]:
    found = [and_(in_team, within(viewer.areas(*CONTENT_ROLES)))]
    if viewer.roles.intersection(CONTENT_ROLES):
        found.append(mine)
    return or_(*found)


def within(areas: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a case lies in one of the areas (code prefixes); no area means none."""
    if not areas:
        return false()
    return or_(*(case_file.c.area_code.startswith(a, autoescape=True) for a in areas))
