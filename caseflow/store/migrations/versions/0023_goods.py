"""The goods of an office: items, places, stock, deliveries, movements."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0023"
down_revision = "0027"


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "goods_item",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name_id", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("pillar", sa.String(length=20), nullable=False),
        sa.Column("intervention", sa.String(length=30), nullable=False),
        sa.Column("added_by", Id, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_item")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_goods_item_office_id_office")),
        sa.UniqueConstraint("office_id", "code", name=op.f("uq_goods_item_office_id_code")),
    )
    op.create_table(
        "goods_place",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("area_code", sa.String(length=10), nullable=False),
        sa.Column("added_by", Id, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_place")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_goods_place_office_id_office")),
        sa.UniqueConstraint("office_id", "name", name=op.f("uq_goods_place_office_id_name")),
    )
    op.create_table(
        "goods_stock",
        sa.Column("id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_stock")),
        sa.ForeignKeyConstraint(["item_id"], ["goods_item.id"], name=op.f("fk_goods_stock_item_id_goods_item")),
        sa.ForeignKeyConstraint(["place_id"], ["goods_place.id"], name=op.f("fk_goods_stock_place_id_goods_place")),
        sa.UniqueConstraint("item_id", "place_id", name=op.f("uq_goods_stock_item_id_place_id")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_goods_stock_never_below_zero")),
    )
    op.create_table(
        "goods_delivery",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("plan_item_id", Id, nullable=False),
        sa.Column("assessment_id", Id, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_delivery")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_goods_delivery_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["plan_item_id"], ["plan_item.id"], name=op.f("fk_goods_delivery_plan_item_id_plan_item")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["stage_record.id"], name=op.f("fk_goods_delivery_assessment_id_stage_record")
        ),
    )
    op.create_index("ix_goods_delivery_case_id", "goods_delivery", ["case_id"])
    _movements()


def _movements() -> None:
    refs = (
        ("office_id", "office"),
        ("item_id", "goods_item"),
        ("from_place_id", "goods_place"),
        ("to_place_id", "goods_place"),
        ("institution_id", "institution"),
        ("case_id", "case_file"),
        ("delivery_id", "goods_delivery"),
        ("reverses_id", "goods_movement"),
    )
    op.create_table(
        "goods_movement",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("from_place_id", Id, nullable=True),
        sa.Column("to_place_id", Id, nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("institution_id", Id, nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("delivery_id", Id, nullable=True),
        sa.Column("reverses_id", Id, nullable=True),
        sa.Column("recorded_by", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_movement")),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_goods_movement_{column}_{to}"))
            for column, to in refs
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_goods_movement_reverses_id")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_goods_movement_some")),
        sa.CheckConstraint(
            "from_place_id IS NOT NULL OR to_place_id IS NOT NULL", name=op.f("ck_goods_movement_somewhere")
        ),
        sa.CheckConstraint("from_place_id <> to_place_id", name=op.f("ck_goods_movement_elsewhere")),
    )
    for column in ("office_id", "item_id", "case_id", "delivery_id"):
        op.create_index(f"ix_goods_movement_{column}", "goods_movement", [column])
