"""A process that takes steps when it is told to: reads "threads seconds", answers "steps seconds"."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from time import perf_counter

LANES = 8
CASES = 25
"""Cases of one lane, one after the other; lanes never meet."""
SUBMIT, RETURN = "submit_for_assessment", "return_for_data"
MOVES = {"data_collection": (SUBMIT, "assessment"), "assessment": (RETURN, "data_collection")}
"""State -> the step out of it, and where it leads."""
ACTOR = "019a9d00-0000-7000-8000-000000000001"

Step = Callable[[int], None]
"""Takes the case with this id to its next state."""


def serve(open_lane: Callable[[], Step]) -> None:
    """Obey until the input ends; `open_lane` runs once in each thread and opens its connection."""
    pools = [ThreadPoolExecutor(1) for _lane in range(LANES)]
    steps = [pool.submit(open_lane).result() for pool in pools]
    cases = [cycle(range(lane * CASES + 1, (lane + 1) * CASES + 1)) for lane in range(LANES)]

    def walk(lane: int, until: float) -> int:
        taken = 0
        while perf_counter() < until:
            steps[lane](next(cases[lane]))
            taken += 1
        return taken

    print("ready", flush=True)
    for line in sys.stdin:
        threads, seconds = line.split()
        start = perf_counter()
        running = [pools[lane].submit(walk, lane, start + float(seconds)) for lane in range(int(threads))]
        taken = sum(run.result() for run in running)
        print(taken, perf_counter() - start, flush=True)
