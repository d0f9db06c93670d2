"""Forms of instruments: the questions of one, what a person concludes from its result."""

from collections.abc import Mapping
from typing import Any

from caseflow import access
from caseflow.actions import instruments
from caseflow.actions.instruments import DECISIONS, DecideOn, Filled, FillIn
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, Sentence, _
from caseflow.i18n import error_message
from caseflow.states.category import Condition
from caseflow.states.instrument import KINDS, SPENDING, Instrument, Item
from caseflow.web.environment import Words
from caseflow.web.questions import CHOOSE, REQUIRED, Question, as_date, as_text
from caseflow.web.sheet import Answers, Asking, Saving, Sheet, event_question

BACK = "/instrumen"
CORRECTS = "ganti"
"""Names in the address what is corrected."""


def fill(asking: Asking) -> Sheet:
    """Ask the questions of an instrument; every one may stay open, and then nothing is concluded from it."""
    try:
        instrument = instruments.for_case(instruments.of_code(asking.session, asking.item), asking.work)
    except InvalidInput:
        raise NotFound from None
    corrected = (asking.query or {}).get(CORRECTS, "")
    before = _before(asking, corrected)
    reads = instrument.method == "goals"
    questions = () if reads else tuple(_question(instrument, item, before) for item in instrument.items)

    def save(to: Saving, answers: Answers) -> str | None:
        given = {q.key: _typed(instrument, answers.get(q.key)) for q in questions}
        command = FillIn(
            case=asking.number,
            instrument=instrument.code,
            answers={key: value for key, value in given.items() if value is not None},
            filled_on=as_date(answers["filled_on"]),
            replaces=corrected or None,
            version=to.seen,
        )
        instruments.fill_in(to.session, command, by=to.by, at=to.at)
        return None

    odd = instruments.odd_age(instrument, asking.work)
    intro: list[Words] = [
        *([odd] if odd else []),
        instrument.about,
        _("Dasar: {basis}.", basis="; ".join(instrument.basis)),
    ]
    if instrument.default:
        intro.append(DEFAULT)
    intro.append(_("Yang belum diketahui boleh kosong: hasilnya lalu disebut belum dapat disimpulkan."))
    return Sheet(
        title=instrument.name,
        save=save,
        questions=(*questions, event_question(asking, "filled_on", _("Kapan diisi?"))),
        intro=tuple(intro[:-1] if reads else intro),
        button=_("Baca dari rencana") if reads else _("Simpan dan lihat hasilnya"),
        back=BACK,
        seen=instrument.digest,
        shut=_shut(asking),
    )


DEFAULT: Sentence = _("Sebagian bawaan, bukan dari naskah resmi: cocokkan dengan aturan kantor.")


def _before(asking: Asking, corrected: str) -> Mapping[str, Any]:
    if not corrected:
        return {}
    found = next((each for each in instruments.of_case(asking.work) if each.id == corrected), None)
    if found is None or found.instrument.code != asking.item.upper():
        raise NotFound
    return found.answers


def _shut(asking: Asking) -> Words | None:
    try:
        instruments.require_may_fill(asking.work)
    except (Forbidden, Refused) as refused:
        return error_message(refused, asking.teller.lang)
    return None


def _question(instrument: Instrument, item: Item, before: Mapping[str, Any]) -> Question:
    kind = {"yes_no": "criterion", "points": "choice", "text": "longtext"}.get(KINDS[instrument.method], "integer")
    return Question(
        key=item.key,
        label=item.label,
        type="money" if item.key == SPENDING and kind == "integer" else kind,
        hint=item.help or (_("Menentukan sendiri.") if item.gate else None),
        required=False,
        counts=not item.optional,
        choices=tuple((str(p.points), p.label) for p in instrument.scale),
        value=before.get(item.key),
    )


def _typed(instrument: Instrument, value: Any) -> Any:  # noqa: ANN401 - an answer
    return int(value) if value is not None and KINDS[instrument.method] == "points" else value


def decide(asking: Asking) -> Sheet:
    """Ask what a person concludes."""
    access.require_act(asking.work.roles, "decide_instrument")
    found = next((each for each in instruments.of_case(asking.work) if each.id == asking.item), None)
    if found is None:
        raise NotFound
    result = found.conclusion.outcome if found.conclusion else None
    others = tuple((o.key, o.label) for o in found.instrument.outcomes if o != result)
    offered = {key: label for key, label in DECISIONS.items() if key == "other" or result is not None}

    def save(to: Saving, answers: Answers) -> str | None:
        if answers["decision"] == "other" and others and not answers.get("outcome"):
            raise InvalidInput({"outcome": CHOOSE, **({} if answers["reason"] else {"reason": REQUIRED})})
        command = DecideOn(
            case=asking.number,
            fill=asking.item,
            decision=as_text(answers["decision"]),
            outcome=as_text(answers.get("outcome")),
            reason=as_text(answers["reason"]),
        )
        instruments.decide_on(to.session, command, by=to.by, at=to.at)
        return None

    another = Condition("decision", ("other",))
    outcome = Question(key="outcome", label=_("Apa simpulan Anda?"), type="choice", choices=others, when=another)
    return Sheet(
        title=_("Putuskan hasil {name}", name=found.instrument.name.sentence),
        save=save,
        intro=(told(found),),
        questions=(
            Question(key="decision", label=_("Apa keputusan Anda?"), type="choice", choices=tuple(offered.items())),
            *((outcome,) if others else ()),
            Question(
                key="reason",
                label=_("Alasan"),
                type="longtext",
                when=another,
                limit=instruments.LONGEST_REASON,
            ),
        ),
        back=f"{BACK}/{found.id}/mengapa",
        shut=None if found.stands else _("Isian ini sudah diperbaiki. Putuskan isian yang terbaru."),
    )


def told(found: Filled) -> Words:
    """Return the result in a sentence."""
    conclusion = found.conclusion
    if conclusion is None:
        return _("Isinya sudah dihapus.")
    if conclusion.outcome is None:
        return _("Belum dapat disimpulkan. {why}", why=conclusion.reason)
    if conclusion.certain_anyhow:
        return _(
            "{result}. {why} Yang belum dijawab tidak dapat mengubahnya.",
            result=conclusion.outcome.sentence,
            why=conclusion.reason,
        )
    return _("{result}. {why}", result=conclusion.outcome.sentence, why=conclusion.reason)
