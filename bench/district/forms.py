"""What is typed into the forms of any category: every required question answered, by its type."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from caseflow.states.category import Category, Field, is_asked
from caseflow.states.guards import criterion_key

USUAL: dict[str, Any] = {
    "care_is_safe": "yes",
    "care_plan": "",
    "coerced": "no",
    "data_basis": "public_task",
    "legal_status": "diverted",
    "needs_treatment": False,
    "payment_path": "not_needed",
    "reporter_kind": "outreach",
    "still_safe": "yes",
    "trafficking": "no",
    "treatment_needed": False,
}
"""Answers that decide what else is asked for; "" is the first choice. Whatever is not here is drawn."""
SENTENCES = (
    "Penghasilan tidak tetap dan tidak cukup untuk makan tiga kali sehari.",
    "Rumah berdinding papan, atap bocor di beberapa tempat.",
    "Tetangga dan keluarga besar bersedia membantu.",
    "Sehat dan mau bekerja, pernah berjualan di pasar.",
    "Anak-anak masih bersekolah, biaya perlengkapan menunggak.",
    "Pengurus RT mengenal keluarga ini sejak lama.",
    "Belum pernah menerima bantuan dalam dua tahun terakhir.",
    "Perlu didampingi mengurus dokumen kependudukan.",
)


def answers(
    category: Category, stage: str, today: date, rnd: Random, *, met: bool = True, **said: object
) -> dict[str, Any]:
    """Return answers that make a stage complete; `said` goes before what is drawn, where the question is asked."""
    fields = category.fields_of(stage)
    given: dict[str, Any] = {}
    for _round in range(3):  # a question may wait for the answer of another one
        for field in fields:
            wanted = field.required or field.key in said
            if wanted and field.key not in given and is_asked(fields, field.key, given):
                given[field.key] = said.get(field.key, _answer(field, today, rnd))
    if stage == "data_collection":
        given |= {criterion_key(c): "yes" if met else "no" for c in category.screening.criteria}
    return given


def _answer(field: Field, today: date, rnd: Random) -> Any:  # noqa: ANN401 - an answer of any type
    usual = USUAL.get(field.key)
    if usual:
        return usual
    chosen = field.choices[0].key if usual == "" else rnd.choice(field.choices).key if field.choices else ""
    sentences = rnd.sample(SENTENCES, rnd.randint(2, 4))
    drawn: dict[str, Any] = {
        "choice": chosen,
        "choices": [chosen],
        "date": today.isoformat(),
        "boolean": usual is None and rnd.random() < 0.3,
        "integer": rnd.randint(1, 6),
        "money": rnd.randint(5, 20) * 100_000,
        "longtext": " ".join(sentences),
    }
    return drawn.get(field.type, sentences[0])


def halves(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what has been typed when the form saves itself for the first time, and all of it."""
    keys = list(said)
    return {key: said[key] for key in keys[: len(keys) // 2]}, dict(said)
