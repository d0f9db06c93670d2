"""A category's lifecycle as a picture, from the step table itself: Mermaid for documents, SVG for the eye. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from caseflow.states.category import Category, Text
from caseflow.states.guards import GUARDS
from caseflow.states.lifecycle import CLOSED, INITIAL, OPEN, ROLES, STATES, Step, destinations
from caseflow.states.machine import approvers_of, guards_of, steps_of, takers_of

FORMATS = ("mermaid", "svg")
ROWS = {state: row for row, state in enumerate(STATES)}
TITLES = {
    "open": Text("Kasus terbuka", "Open case"),
    "approved": Text("disetujui {roles}", "approved by {roles}"),
    "or": Text(" atau ", " or "),
    "by": Text("oleh {roles}", "by {roles}"),
    "needs": Text("Syarat: {guards}", "Needs: {guards}"),
    "lifecycle": Text("Siklus kasus {name}", "Lifecycle of {name}"),
}


def draw(category: Category, form: str, lang: str) -> str:
    """Return the lifecycle of a category in one of `FORMATS`."""
    return svg(category, lang) if form == "svg" else mermaid(category, lang)


def mermaid(category: Category, lang: str) -> str:
    """Return a state diagram; what leads out of every open state is drawn once, from the frame around them."""
    lines = ["stateDiagram-v2", "    direction TB", f'    state "{TITLES["open"].in_(lang)}" as open {{']
    lines += [f'        state "{label.in_(lang)}" as {state}' for state, label in STATES.items() if state != CLOSED]
    lines.append(f"        [*] --> {INITIAL}")
    inside: list[str] = []
    outside: list[str] = []
    for step in steps_of(category).values():
        for source, to in _pairs(step):
            line = f"{source} --> {to} : {_caption(category, step, lang)}"
            (outside if CLOSED in (source, to) else inside).append(line)
    lines += [f"        {line}" for line in inside]
    lines += ["    }", f'    state "{STATES[CLOSED].in_(lang)}" as {CLOSED}']
    lines += [f"    {line}" for line in outside]
    return "\n".join([*lines, ""])


def _pairs(step: Step) -> Iterator[tuple[str, str]]:
    """Yield source and destination; all open states together are the frame."""
    sources = ("open",) if set(step.sources) == set(OPEN) else step.sources
    targets = destinations(step)
    targets = ("open",) if set(targets) == set(OPEN) else targets
    yield from ((source, to) for source in sources for to in targets)


def _caption(category: Category, step: Step, lang: str) -> str:
    approvers = approvers_of(category, step.name)
    said = f" ({_filled('approved', lang, roles=_roles(approvers, lang))})" if approvers else ""
    return f"{step.label.in_(lang)}{said}"


def _roles(roles: Iterable[str], lang: str) -> str:
    return TITLES["or"].in_(lang).join(ROLES[role].in_(lang).lower() for role in roles)


def _filled(title: str, lang: str, **data: str) -> str:
    return TITLES[title].in_(lang).format_map(data)


# --- SVG: states in a column, steps between neighbours straight, all others on lanes beside, details in a legend ------

BOX_WIDTH, BOX_HEIGHT, ROW_HEIGHT = 210, 74, 112
TOP, SIDE, LANE, BADGE = 56, 40, 26, 10
LEGEND_WIDTH, LINE_HEIGHT, LETTERS = 560, 17, 82
STYLE = (
    "text{font-family:system-ui,'Segoe UI','Liberation Sans',sans-serif;font-size:13px;fill:#1e293b}"
    ".box{fill:#f1f5f9;stroke:#334155;stroke-width:1.5}.end{fill:#e2e8f0;stroke:#334155;stroke-width:3}"
    ".way{fill:none;stroke:#475569;stroke-width:1.4}.back{stroke-dasharray:5 4}"
    ".badge{fill:#0f4c81}.badge+text{fill:#fff;font-size:11px;text-anchor:middle}"
    ".state{font-size:15px;font-weight:600;text-anchor:middle}.title{font-size:18px;font-weight:600}"
    ".step{font-weight:600}.small{font-size:12px;fill:#475569}"
)


@dataclass(frozen=True, slots=True)
class _Way:
    """One step as it is drawn: rows it leaves, rows it reaches."""

    number: int
    step: Step
    sources: tuple[int, ...]
    targets: tuple[int, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(sorted({*self.sources, *self.targets}))

    @property
    def straight(self) -> bool:
        return len(self.sources) == len(self.targets) == 1 and self.targets[0] == self.sources[0] + 1

    @property
    def back(self) -> bool:
        """Tell whether it leads up, or into its own state."""
        return max(self.targets) <= min(self.sources)


def svg(category: Category, lang: str) -> str:
    """Return a drawing that needs nothing but itself; steps are numbered and explained beside it."""
    ways = [
        _Way(n, s, tuple(ROWS[x] for x in s.sources), tuple(ROWS[x] for x in destinations(s)))
        for n, s in enumerate(steps_of(category).values(), start=1)
    ]
    left, right = _lanes([w for w in ways if w.back]), _lanes([w for w in ways if not w.back and not w.straight])
    x = SIDE + LANE * (max(left.values(), default=0) + 1)
    parts = [_box(state, x, lang) for state in STATES]
    parts += [_straight(w, x) for w in ways if w.straight]
    parts += _beside(left, x, -1) + _beside(right, x + BOX_WIDTH, 1)
    legend_x = x + BOX_WIDTH + LANE * (max(right.values(), default=0) + 1) + SIDE
    legend, bottom = _legend(category, ways, legend_x, lang)
    height = max(bottom, TOP + ROW_HEIGHT * len(STATES))
    title = escape(_filled("lifecycle", lang, name=category.name.in_(lang)))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{legend_x + LEGEND_WIDTH}" height="{height}" '
        f'viewBox="0 0 {legend_x + LEGEND_WIDTH} {height}" role="img" lang="{lang}"><title>{title}</title>'
        f'<style>{STYLE}</style><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#475569"/></marker></defs>'
        f'<rect width="100%" height="100%" fill="#fff"/><text class="title" x="{SIDE}" y="32">{title}</text>'
    )
    return "\n".join([head, *parts, *legend, "</svg>", ""])


def _y(row: int) -> int:
    return TOP + ROW_HEIGHT * row


def _box(state: str, x: int, lang: str) -> str:
    y, style = _y(ROWS[state]), "end" if state == CLOSED else "box"
    name = escape(STATES[state].in_(lang))
    rect = f'<rect class="{style}" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8"/>'
    return f'{rect}<text class="state" x="{x + BOX_WIDTH // 2}" y="{y + BOX_HEIGHT // 2 + 5}">{name}</text>'


def _badge(number: int, x: float, y: float) -> str:
    return f'<circle class="badge" cx="{x}" cy="{y}" r="{BADGE}"/><text x="{x}" y="{y + 4}">{number}</text>'


def _straight(way: _Way, x: int) -> str:
    middle, start, end = x + BOX_WIDTH // 2, _y(way.sources[0]) + BOX_HEIGHT, _y(way.targets[0])
    line = f'<path class="way" marker-end="url(#tip)" d="M{middle} {start}V{end}"/>'
    return line + _badge(way.number, middle, (start + end) / 2 - 3)


def _lanes(ways: list[_Way]) -> dict[_Way, int]:
    """Give each way a lane, short ones near the boxes, so that no two share a stretch of a lane."""
    taken: dict[_Way, int] = {}
    for way in sorted(ways, key=lambda w: (w.rows[-1] - w.rows[0], w.number)):
        lane = 0
        while any(lane == other_lane and _overlap(way, other) for other, other_lane in taken.items()):
            lane += 1
        taken[way] = lane
    return taken


def _overlap(one: _Way, other: _Way) -> bool:
    return one.rows[0] <= other.rows[-1] and other.rows[0] <= one.rows[-1]


def _beside(lanes: dict[_Way, int], edge: int, side: int) -> list[str]:
    """Draw ways on their lanes left (-1) or right (1) of the boxes, each end at a place of its own on its box."""
    ends: dict[int, list[tuple[int, int, bool]]] = {}
    for way, lane in lanes.items():
        for rows, arrives in ((way.sources, False), (way.targets, True)):
            for row in rows:
                ends.setdefault(row, []).append((lane, way.number, arrives))
    places: dict[tuple[int, int, bool], float] = {}
    for row, attached in ends.items():
        for position, (_lane, number, arrives) in enumerate(sorted(attached), start=1):
            places[row, number, arrives] = _y(row) + BOX_HEIGHT * position / (len(attached) + 1)
    return [_way(way, edge, edge + side * LANE * (lane + 1), places) for way, lane in lanes.items()]


def _way(way: _Way, edge: int, lane: int, places: dict[tuple[int, int, bool], float]) -> str:
    leave = [places[row, way.number, False] for row in way.sources]
    reach = [places[row, way.number, True] for row in way.targets]
    low, high = min(leave + reach), max(leave + reach)
    style = 'class="way back"' if way.back else 'class="way"'
    lines = [f'<path {style} d="M{lane} {low:g}V{high:g}"/>']
    lines += [f'<path {style} d="M{edge} {y:g}H{lane}"/>' for y in leave]
    lines += [f'<path class="way" marker-end="url(#tip)" d="M{lane} {y:g}H{edge}"/>' for y in reach]
    return "".join(lines) + _badge(way.number, lane, (low + high) / 2)


def _legend(category: Category, ways: list[_Way], x: int, lang: str) -> tuple[list[str], int]:
    """Return the legend and where it ends."""
    parts: list[str] = []
    y = TOP + 6
    for way in ways:
        parts.append(_badge(way.number, x + BADGE, y))
        parts.append(f'<text class="step" x="{x + 30}" y="{y + 5}">{escape(way.step.label.in_(lang))}</text>')
        for line in _details(category, way.step, lang):
            y += LINE_HEIGHT
            parts.append(f'<text class="small" x="{x + 30}" y="{y + 5}">{escape(line)}</text>')
        y += LINE_HEIGHT + 10
    return parts, y + SIDE


def _details(category: Category, step: Step, lang: str) -> list[str]:
    who = _filled("by", lang, roles=_roles(takers_of(category, step.name), lang))
    if approvers := approvers_of(category, step.name):
        who += "; " + _filled("approved", lang, roles=_roles(approvers, lang))
    lines = wrap(who, LETTERS)
    if guards := guards_of(category, step.name):
        said = "; ".join(GUARDS[guard].label.in_(lang) for guard in guards)
        lines += wrap(_filled("needs", lang, guards=said), LETTERS)
    return lines
