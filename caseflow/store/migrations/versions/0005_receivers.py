"""Whom a consent lets hear, so that it can be compared; the own post of who signs on behalf of another."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id

revision = "0005"
down_revision = "0003"

MEANT_FOR = {
    "placement": "child_institution",
    "health_service": "health_facility",
    "health_insurance": "health_insurer",
}
"""Purposes that name a kind of institution themselves."""


def upgrade() -> None:
    """Add the columns. A consent in force keeps the receivers of its purpose, unless it names some in words."""
    with op.batch_alter_table("consent") as consent:
        consent.add_column(sa.Column("institution_id", Id, nullable=True))
        consent.add_column(sa.Column("receivers", sa.String(length=20), nullable=True))
        consent.create_foreign_key(
            op.f("fk_consent_institution_id_institution"), "institution", ["institution_id"], ["id"]
        )
    rows = sa.table("consent", sa.column("purpose"), sa.column("addressee"), sa.column("receivers"))
    named = sa.and_(rows.c.purpose.in_(MEANT_FOR), rows.c.addressee == "")
    kind = sa.case(MEANT_FOR, value=rows.c.purpose)
    op.execute(sa.update(rows).values(receivers=sa.case((named, kind), else_="")))
    with op.batch_alter_table("consent") as consent:
        consent.alter_column("receivers", existing_type=sa.String(length=20), nullable=False)
    op.add_column("signatory_post", sa.Column("own_post", sa.String(length=200), nullable=True))
