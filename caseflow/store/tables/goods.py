"""Goods of an office: what there is, where it lies, every movement of it, and what was handed over in which case."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, String, Table, UniqueConstraint

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

goods_item = Table(
    "goods_item",
    metadata,
    key(),
    ref("office_id", "office"),
    Column("code", String(30), nullable=False),
    Column("name_id", String(120), nullable=False),
    Column("name_en", String(120), nullable=False),
    Column("unit", String(30), nullable=False),
    Column("pillar", String(20), nullable=False),
    Column("intervention", String(30), nullable=False),
    Column("added_by", Id, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("office_id", "code"),
)

goods_place = Table(
    "goods_place",
    metadata,
    key(),
    ref("office_id", "office"),
    Column("name", String(120), nullable=False),
    Column("area_code", String(10), nullable=False),
    Column("added_by", Id, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("office_id", "name"),
)

goods_stock = Table(  # the sum of the movements, and the row that every movement of it waits for
    "goods_stock",
    metadata,
    key(),
    ref("item_id", "goods_item"),
    ref("place_id", "goods_place"),
    Column("quantity", Integer, nullable=False),
    UniqueConstraint("item_id", "place_id"),
    CheckConstraint("quantity >= 0", name="never_below_zero"),
)

goods_delivery = Table(
    "goods_delivery",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    ref("plan_item_id", "plan_item"),
    ref("assessment_id", "stage_record"),
    Column("delivered_on", Date, nullable=False),
    Column("letter_id", Id, nullable=False),  # a letter, or the draft that waits for initials under the same id
    sealed(),
    Column("recorded_by", Id, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

goods_movement = Table(
    "goods_movement",
    metadata,
    key(),
    ref("office_id", "office", index=True),
    Column("kind", String(12), nullable=False),
    ref("item_id", "goods_item", index=True),
    ref("from_place_id", "goods_place", null=True),
    ref("to_place_id", "goods_place", null=True),
    Column("quantity", Integer, nullable=False),
    Column("moved_on", Date, nullable=False),
    ref("institution_id", "institution", null=True),
    Column("source", String(200), nullable=False),
    Column("document", String(120), nullable=False),
    Column("document_on", Date),
    Column("reason", String(400), nullable=False),  # of movements that hang on a case it is sealed in the entry
    ref("case_id", "case_file", null=True, index=True),
    ref("delivery_id", "goods_delivery", null=True, index=True),
    ref("reverses_id", "goods_movement", null=True),
    Column("recorded_by", Id, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("reverses_id"),
    CheckConstraint("quantity > 0", name="some"),
    CheckConstraint("from_place_id IS NOT NULL OR to_place_id IS NOT NULL", name="somewhere"),
    CheckConstraint("from_place_id <> to_place_id", name="elsewhere"),
)
