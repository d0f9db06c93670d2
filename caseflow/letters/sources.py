"""What a letter may take from the record besides the answers of the stage forms: one name for each thing recorded."""

from caseflow.states.lifecycle import STATES

RECORDED: dict[str, tuple[str, ...]] = {
    "case": ("opened_on", "closed_on", "outcome"),
    "subject": ("name", "identity", "address"),
    "household": ("members",),
    "worker": ("name",),
    "plan": ("actions", "done"),
    "visit": ("visited_on", "officer", "finding", "progress"),
    "placement": ("carer", "starts_on"),
    "consent": ("giver", "relation", "given_on"),
}
"""Sources of letter fields beside "stage.field": `actions.letter_records` fills them."""


def known(source: str) -> bool:
    """Tell whether a source is a question of some stage form, or something recorded."""
    place, _dot, key = source.partition(".")
    return bool(key) and (place in STATES or key in RECORDED.get(place, ()))
