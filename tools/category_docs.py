"""Writes docs/categories.md out of the category files: who, criteria, forms, conditions, deadlines, letters.

`python tools/category_docs.py` says whether the page is what the files say; with --write it writes the page.
"""

import argparse
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from caseflow.definitions import assembly, catalogue
from caseflow.letters import catalogue as letter_catalogue
from caseflow.paths import categories_root, templates_root
from caseflow.states.category import BIDANG, PILLARS, Category, Field, LetterUse, Text
from caseflow.states.deadlines import Span
from caseflow.states.guards import GUARDS
from caseflow.states.lifecycle import ACTS, OPEN, ROLES, STATES, STEPS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "categories.md"
KINDS = {"person": "person", "household": "family", "group": "group", "community": "community"}
UNITS = {"hours": "running hours", "days": "days", "working_days": "working days"}
HEAD = """# The categories

Written by `python tools/category_docs.py --write` out of `caseflow/states/categories/`; a test says when it is not
current. Change the category, not this page: [how to](how-to/add-a-category.md).

These are the 26 official types of *pemerlu pelayanan kesejahteraan sosial* (PPKS, Permensos 8/2012), each with its
number, and one more: KME, a target of programmes (extreme poverty) that is reported under type 24. Three vocabularies
stay apart: the **category** is what a person or family is found to be, the **issue** is what they came with, and an
**attribute** (decile, orphan status, health insurance) is a fact about them.

**R1** is a normal file, **R2** a limited one, **R3** a closed file that only its named team sees. Whoever is under 18
makes a file R2 at least. Ages and sex warn; they never stop anybody. In the forms a **bold** question must be answered,
one marked › is only asked after certain answers. Numbers whose basis is "bawaan kantor; sesuaikan" are defaults that an
office sets for itself.
"""


def page() -> str:
    """Return the whole page."""
    letters = letter_catalogue.load(templates_root() / "letters")
    found = catalogue.load(categories_root(), letters=frozenset(letters))
    titles = {name: kind.title for name, kind in letters.items()}
    files = _files()
    listed = sorted(found.values(), key=lambda c: (c.ppks, c.code))
    shared = frozenset.intersection(*(frozenset(c.letters) for c in listed))
    parts = [HEAD, "\n".join(_overview(listed, shared)), "\n".join(_shared(listed[0], shared, titles))]
    parts += ["\n".join(_chapter(c, files[c.code], titles, shared)) for c in listed]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _files() -> dict[str, str]:
    """Return code -> file name."""
    found = {path.name: assembly.open_file(path) for path in sorted(categories_root().glob("*.toml"))}
    return {str(w.table["code"]): name for name, w in found.items() if isinstance(w, assembly.Written)}


def _shared(category: Category, shared: Collection[LetterUse], titles: dict[str, Text]) -> Iterator[str]:
    yield "## Letters of every category"
    yield ""
    yield "Beside its own letters each category offers these. Closed files (R3) have none that would lie about at home:"
    yield "no BA-LAP, BA-KUNJ, PBT-MON or TRM."
    yield ""
    yield from (f"- {_letter(use, titles)}" for use in category.letters if use in shared)


def _overview(listed: Iterable[Category], shared: Collection[LetterUse]) -> Iterator[str]:
    yield "| No | Code | Name | In English | For | Level | Bidang | Letters |"
    yield "|---|---|---|---|---|---|---|---|"
    for c in listed:
        letters = ", ".join(u.letter.upper() for u in c.letters if u not in shared)
        name = f"[{c.name.id}](#{c.code.lower()})"
        kinds = ", ".join(KINDS[k] for k in c.subject_kinds)
        yield f"| {c.ppks} | {c.code} | {name} | {c.name.en} | {kinds} | {c.confidentiality} | {c.bidang} | {letters} |"


def _chapter(category: Category, file: str, titles: dict[str, Text], shared: Collection[LetterUse]) -> Iterator[str]:
    yield f"## {category.code}"
    yield ""
    yield f"**{category.name.id}** ({category.name.en}). {category.definition.id}"
    yield f"*{category.definition.en}* File: `{file}`."
    yield ""
    yield f"- **Who**: {_who(category)}."
    yield f"- **Law**: {'; '.join(category.legal_basis)}."
    yield f"- **Issues**: {'; '.join(i.label.id for i in category.issues)}."
    if category.instruments:
        linked = (f"[{code}](instruments.md#{code.lower()})" for code in category.instruments)
        yield f"- **Usual instruments**: {', '.join(linked)}."
    yield f"- **Pause**: at most {category.hold_max_days} days."
    yield ""
    yield from _criteria(category)
    yield ""
    yield from _forms(category)
    yield ""
    yield from _conditions(category)
    yield from _clock(category)
    yield ""
    yield from _letters(category, titles, shared)
    yield from _help(category)


def _who(category: Category) -> str:
    said = [", ".join(KINDS[k] for k in category.subject_kinds)]
    low, high = category.age
    if low is not None and high is not None:
        said.append(f"aged {low} to {high}")
    elif low is not None or high is not None:
        said.append(f"aged {low} or more" if high is None else f"aged {high} or less")
    if category.sex:
        said.append({"L": "men", "P": "women"}[category.sex])
    said.append(category.confidentiality)
    if category.closed_when is not None:
        label = next(
            f.label.id for f in category.fields_of(category.closed_stage) if f.key == category.closed_when.field
        )
        said.append(f"R3 by the answer to “{label}”")
    if category.bidang:
        said.append(f"Bidang {BIDANG[category.bidang].id}")
    return "; ".join(said)


def _criteria(category: Category) -> Iterator[str]:
    gates = [c for c in category.screening.criteria if c.gate]
    counted = [c for c in category.screening.criteria if not c.gate]
    yield f"**Criteria** ({category.screening.basis}):"
    yield ""
    if gates:
        yield "Any of these decides alone:" if len(gates) > 1 else "This decides alone:"
        yield from (f"- {c.label.id} (*{c.label.en}*)" for c in gates)
        yield ""
    yield f"At least {category.screening.at_least} of {len(counted)}:"
    yield from (f"- {c.label.id} (*{c.label.en}*)" for c in counted)


def _forms(category: Category) -> Iterator[str]:
    yield "| Stage | Questions |"
    yield "|---|---|"
    for stage in OPEN:
        asked = "; ".join(_question(f, category) for f in category.fields_of(stage))
        yield f"| {STATES[stage].id} | {asked or '-'} |"


def _question(field: Field, category: Category) -> str:
    label = f"**{field.label.id}**" if field.required else field.label.id
    level = f" ({field.confidentiality})" if field.confidentiality > category.confidentiality else ""
    return f"{'› ' if field.when else ''}{label}{level}"


def _conditions(category: Category) -> Iterator[str]:
    if not category.guards and not category.approvers and not category.takers:
        return
    yield "**Conditions of its own**, and where they stand:"
    yield ""
    for name in dict.fromkeys(name for names in category.guards.values() for name in names):
        acts = ", ".join(_act(act) for act, names in category.guards.items() if name in names)
        yield f"- {GUARDS[name].label.id} (*{GUARDS[name].label.en}*): {acts}"
    for step, roles in (*category.takers.items(), *category.approvers.items()):
        who = " or ".join(ROLES[r].id for r in roles)
        yield f"- {STEPS[step].label.id}: {who} ({'approves' if step in category.approvers else 'takes it'})"
    yield ""


def _act(act: str) -> str:
    if act in STEPS:
        return STEPS[act].label.id
    if act in ACTS:
        return ACTS[act].id
    return f"Terbitkan {act.partition(':')[2].upper()}"


def _clock(category: Category) -> Iterator[str]:
    yield "| Due | Within | Basis |"
    yield "|---|---|---|"
    for state in OPEN:
        if deadline := category.deadlines.get(state):
            yield f"| {STATES[state].id} | {_span(deadline.span)} | {deadline.basis} |"
    rhythm = category.rhythm
    visits = f"{rhythm.visits} visits, the first after {_span(rhythm.first)}, then every {_span(rhythm.every)}"
    yield f"| {STATES['monitoring'].id} | {visits}, {rhythm.gap_days} days apart at least | {rhythm.basis} |"


def _span(span: Span) -> str:
    return f"{span.amount} {UNITS[span.unit]}"


def _letters(category: Category, titles: dict[str, Text], shared: Collection[LetterUse]) -> Iterator[str]:
    own = [use for use in category.letters if use not in shared]
    if not own:
        return
    yield f"**Letters** of its own: {'; '.join(_letter(use, titles) for use in own)}."
    yield ""


def _letter(use: LetterUse, titles: dict[str, Text]) -> str:
    offered = ", ".join(STATES[s].id for s in use.states)
    sent = f"; sent by {', '.join(STEPS[s].label.id for s in use.sent_by)}" if use.sent_by else ""
    return f"{use.letter.upper()} {titles[use.letter].id} ({offered}{sent})"


def _help(category: Category) -> Iterator[str]:
    yield "**Usual help**:"
    yield ""
    for pillar in PILLARS:
        names = [f"{i.code} ({i.name.id})" for i in category.interventions if i.pillar == pillar]
        if names:
            yield f"- {pillar}: {'; '.join(names)}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="instead of docs/categories.md")
    options = parser.parse_args(arguments)
    said = page()
    if options.write:
        options.page.write_text(said, encoding="utf-8")
        return 0
    if options.page.is_file() and options.page.read_text(encoding="utf-8") == said:
        return 0
    print(f"{options.page} is not what the category files say: python tools/category_docs.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
