"""What a letter may take from the record besides the answers of the stage forms: one name for each thing recorded."""

from caseflow.states.lifecycle import STATES

RECORDED: dict[str, tuple[str, ...]] = {
    "case": ("opened_on", "closed_on", "outcome"),
    "subject": ("name", "address", "mother", "doubtful_nik"),
    "household": ("members",),
    "worker": ("name",),
    "plan": ("actions", "done"),
    "visit": ("visited_on", "officer", "finding", "progress"),
    "placement": ("carer", "starts_on"),
    "agreement": ("giver", "relation", "given_on"),
    "decree": ("cited",),
    "invitation": ("held_on", "time", "place", "agenda", "chair", "invited"),
    "minutes": ("held_on", "place", "chair", "discussion", "decisions", "present"),
    "form": ("aspects", "aids_needed", "origin", "received_by", "travel_date", "escort"),
}
"""Sources of letter fields beside "stage.field"; `actions.letter_records` fills them.

"agreement" is the consent to the plan; "decree" names the beneficiary; "invitation" and "minutes" are of the case
conference that comes next and of the last one; "form" are answers that only some categories ask, at whatever stage.
"""


def known(source: str) -> bool:
    """Tell whether a source is a question of some stage form, or something recorded."""
    place, _dot, key = source.partition(".")
    return bool(key) and (place in STATES or key in RECORDED.get(place, ()))
