"""Writes docs/instruments.md out of the instrument files: questions, results, what decides, where it comes from.

`python tools/instrument_docs.py` says whether the page is what the files say; with --write it writes the page.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from caseflow.definitions import instruments
from caseflow.states.concluding import rupiah
from caseflow.states.instrument import Instrument, Outcome

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "instruments.md"
HEAD = """# The instruments

Written by `python tools/instrument_docs.py --write` out of `caseflow/states/instruments/`; a test says when it is not
current. Change the instrument, not this page: [how to](how-to/add-an-instrument.md).

An instrument helps to judge and says why; people decide. Kept apart, under the key of the subject: the answers, the
version they were asked by, the result with what counted, and what a person decided. What is not answered is never
counted for or against: the result is then "cannot say yet" and names what is missing, unless no answer could change it.
A correction stands beside what it corrects.

**Default** means that part of it comes from no official text that was read: an office compares it with its own rules.
"""


def page() -> str:
    """Return the whole page."""
    listed = sorted(instruments.load().values(), key=lambda i: i.code)
    return "\n\n".join(["\n".join([HEAD, *_overview(listed)]), *("\n".join(_chapter(i)) for i in listed)]) + "\n"


def _overview(listed: Iterable[Instrument]) -> Iterator[str]:
    yield "| Code | Name | In English | Questions | Source |"
    yield "|---|---|---|---|---|"
    for i in listed:
        source = "partly default" if i.default else "text"
        yield f"| [{i.code}](#{i.code.lower()}) | {i.name.id} | {i.name.en} | {len(i.items) or 'the plan'} | {source} |"


def _chapter(i: Instrument) -> Iterator[str]:
    yield f"## {i.code}"
    yield ""
    yield f"**{i.name.id}** ({i.name.en}). {i.about.id} *{i.about.en}*"
    yield ""
    yield f"- **Basis**: {'; '.join(i.basis)}."
    yield f"- **Decides**: {_decides(i)}"
    yield from (
        f"- **Line of {line.year}**: {rupiah(line.amount)} a person and month; {line.basis}." for line in i.lines
    )
    if i.scale:
        yield f"- **Answers**: {'; '.join(f'{p.points} {p.label.id} (*{p.label.en}*)' for p in i.scale)}."
    yield ""
    if i.items:
        yield "Questions:"
        yield ""
        yield from (f"- {item.label.id} (*{item.label.en}*){_mark(item.gate, item.level)}" for item in i.items)
        yield ""
    yield "Results:"
    yield ""
    yield from (f"- {_outcome(outcome)}" for outcome in i.outcomes)


def _mark(gate: bool, level: str) -> str:  # noqa: FBT001 - as the file says it
    return " **decides alone**" if gate else f" → {level}" if level else ""


def _decides(i: Instrument) -> str:
    counted = sum(not item.gate for item in i.items)
    match i.method:
        case "count" if i.at_least:
            return f"{i.at_least} of {counted} or more."
        case "count":
            return (
                f"how many of {counted} are needed is for the office to say (`at_least`); until then only what is sure."
            )
        case "sum":
            return "the sum of the points."
        case "levels":
            return "the highest level with a sign; without any sign the last."
        case "threshold":
            return "spending divided by members, against the newest line of the year it was filled in."
        case "goals":
            return "the results of the goals, read from the evaluation of the plan."
        case _:
            return "nothing: it is told, not scored; every section that must be filled in is."


def _outcome(outcome: Outcome) -> str:
    points = f" {outcome.least} to {outcome.most}" if outcome.most or outcome.least else ""
    asks = f": {'; '.join(words.id for words in outcome.requires)}" if outcome.requires else ""
    return f"`{outcome.key}`{points} {outcome.label.id} (*{outcome.label.en}*){asks}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="instead of docs/instruments.md")
    options = parser.parse_args(arguments)
    said = page()
    if options.write:
        options.page.write_text(said, encoding="utf-8")
        return 0
    if options.page.is_file() and options.page.read_text(encoding="utf-8") == said:
        return 0
    print(f"{options.page} is not what the instrument files say: python tools/instrument_docs.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
