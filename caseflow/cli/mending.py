"""Which commands mend an unmet guard: the places a guard names, as the next thing to type."""

from collections.abc import Iterable

_ITEM_VERBS = {
    "every_action_is_settled": "done",
    "every_goal_is_evaluated": "evaluate",
}
_PLAIN = {
    "risk": "case record {number} data_collection|assessment --set risk=low|medium|high",
    "plan": "plan add {number} --intervention CODE --goal TEXT --owner USER --due DATE",
    "visit": "visit add {number} --on DATE --finding TEXT",
    "emergency": "case advance {number} ratify_emergency",
    "evaluation": "plan evaluate {number} ITEM met|partly|not_met",
    "intervention_plan.conference_on": "conference held {number} --file MINUTES.json",
    "history": "case history {number}",
    "death_date": "case advance {number} terminate --detail death_date=DATE",
    "source": "case advance {number} terminate --detail source=TEXT",
    "duplicate_of": "case advance {number} terminate --detail duplicate_of=NUMBER",
}
_KINDS = {
    "consent": "consent add {number} --purpose {rest} --relation RELATION --giver NAME",
    "referral": "referral answer {number} {rest} accepted|refused|done|returned",
    "placement": "placement end {number} {rest} --reason TEXT",
    "letter": "letter issue {number} {rest} --set KEY=VALUE",
}
_FIELDS = {"criteria": "criterion_KEY=yes|no"}
"""Fields that stand for several; any other is `field=...`."""


def commands(guard: str, places: Iterable[str], *, number: str = "NUMBER", by: str = "USER") -> list[str]:
    """Return the commands that fill the places of a guard, each once; all fields of one stage are one command."""
    stages: dict[str, list[str]] = {}
    found: list[str] = []
    for place in places:
        stage, dot, field = place.partition(".")
        if dot and place not in _PLAIN and ":" not in stage:
            stages.setdefault(stage, []).append(f"--set {_FIELDS.get(field, f'{field}=...')}")
        elif command := _command(guard, place):
            rest = place.partition(":")[2].replace(":", " --receiver ")
            found.append(command.format(number=number, rest=rest))
    found += [f"case record {number} {stage} {' '.join(answers)}" for stage, answers in stages.items()]
    return [f"caseflow {command} --by {by}" for command in dict.fromkeys(found)]


def _command(guard: str, place: str) -> str:
    kind, colon, _rest = place.partition(":")
    if colon and kind == "plan":
        return f"plan {_ITEM_VERBS.get(guard, 'change')} {{number}} {{rest}}"
    return _KINDS.get(kind, "") if colon else _PLAIN.get(place, "")
