"""`python -m bench [NAME ...] [--quick] [--json]`: prints each figure beside its goal."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial

from bench import action, engine, growth, jobs, letters, log, many, sweep, year
from bench.figures import Figure, name_server, versions
from tests import servers

BENCHES: dict[str, Callable[..., Iterator[Figure]]] = {
    "engine": engine.figures,
    "action": action.figures,
    "many": many.figures,
    "growth": growth.figures,
    "sweep": sweep.figures,
    "jobs": jobs.figures,
    "letters": letters.figures,
    "log": log.figures,
    "year": year.figures,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the named benchmarks, all when none is named; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="one short round of each: under 50 s in all")
    parser.add_argument("--huge", action="store_true", help="growth to 10 million cases: needs 100 GB of disk")
    parser.add_argument("--json", action="store_true", help="a list of figures instead of lines")
    parser.add_argument("--list", action="store_true", help="the names, and nothing is run")
    given = parser.parse_args(arguments)
    if given.list:
        print("\n".join(BENCHES))
        return 0
    if unknown := [name for name in given.names if name not in BENCHES]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    runs = BENCHES | ({"growth": partial(growth.figures, huge=True)} if given.huge else {})
    # One server for all: each makes databases of its own on it.
    with servers.postgres_server(in_memory=not given.huge) as server:
        os.environ["CASEFLOW_TEST_POSTGRES_URL"] = server
        name_server(server)
        found = []
        for name in given.names or runs:
            for figure in runs[name](quick=given.quick):
                found.append(figure)
                if not given.json:
                    print(_line(figure), flush=True)
    if given.json:
        print(json.dumps([figure.as_dict() for figure in found], indent=1))
    else:
        print(", ".join(f"{name} {number}" for name, number in versions().items()))
    return 1 if any(figure.holds is False for figure in found) else 0


def _line(figure: Figure) -> str:
    goal = "no goal"
    if figure.goal is not None:
        goal = f"goal {'<=' if figure.at_most else '>='} {figure.goal:g} {'holds' if figure.holds else 'MISSED'}"
    return f"{figure.name:45} {figure.value:>10g} {figure.unit:16} {goal:22} {figure.note}"


if __name__ == "__main__":
    sys.exit(main())
