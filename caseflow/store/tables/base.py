"""What the table modules share: naming, keys, references, sealed columns."""

from sqlalchemy import Column, ForeignKey, LargeBinary, MetaData

from caseflow.store.types import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str = "id") -> Column[str]:
    return Column(name, Id, primary_key=True)


def ref(name: str, target: str, *, null: bool = False, index: bool = False) -> Column[str]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=null, index=index)


def sealed(name: str = "sealed", *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)
