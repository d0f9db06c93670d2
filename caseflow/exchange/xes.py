"""The log as XES (IEEE 1849) for process mining: cases, activities, roles and times; nothing about a person."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import quoteattr

TIME = "time:timestamp"
_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
\t<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
\t<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
\t<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
\t<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
\t<global scope="trace">
\t\t<string key="concept:name" value=""/>
\t</global>
\t<global scope="event">
\t\t<string key="concept:name" value=""/>
\t\t<string key="lifecycle:transition" value="complete"/>
\t\t<string key="org:role" value=""/>
\t\t<date key="time:timestamp" value="1970-01-01T00:00:00.000000+00:00"/>
\t</global>
\t<classifier name="Activity" keys="concept:name"/>
\t<classifier name="Activity and role" keys="concept:name org:role"/>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of a case: `at` and `role` go by their standard names, `more` under ours."""

    case: str
    activity: str
    at: str
    role: str
    trace: Mapping[str, str]
    more: Mapping[str, str | int]


def lines(events: Iterable[Event], log: Mapping[str, str | int]) -> Iterator[str]:
    """Yield the document; events come case by case. `log` describes the whole."""
    yield _HEAD
    yield from (_attribute(1, key, value) for key, value in log.items())
    for case, happened in groupby(events, key=lambda event: event.case):
        yield "\t<trace>\n"
        yield _attribute(2, "concept:name", case)
        for position, event in enumerate(happened):
            if position == 0:
                yield from (_attribute(2, key, value) for key, value in event.trace.items())
            yield _event(event)
        yield "\t</trace>\n"
    yield "</log>\n"


def _event(event: Event) -> str:
    standard = {
        "concept:name": event.activity,
        "lifecycle:transition": "complete",
        "org:role": event.role,
        TIME: event.at,
    }
    inner = "".join(_attribute(3, key, value) for key, value in (standard | dict(event.more)).items())
    return f"\t\t<event>\n{inner}\t\t</event>\n"


def _attribute(depth: int, key: str, value: str | int) -> str:
    kind = "int" if isinstance(value, int) else "date" if key == TIME else "string"
    said = str(value).replace("Z", "+00:00") if kind == "date" else str(value)
    indent = "\t" * depth
    return f"{indent}<{kind} key={quoteattr(key)} value={quoteattr(said)}/>\n"
