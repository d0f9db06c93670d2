"""The child that makes letters: its first, a signature, its memory over a thousand, and two children beside one."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.figures import Figure, seconds
from caseflow.actions.letters import letters_root
from caseflow.letters import catalogue, pipe, signature
from caseflow.letters.child import MEMORY, SECONDS, Child, Renderer
from caseflow.letters.facts import Facts

EXAMPLE = "rjk-rs"
FIRST_MS, SIGN_MS, GROWTH_MB, OF_ONE = 100, 25, 20, 1.9
AT = datetime(2026, 11, 16, 10, 42, tzinfo=UTC)
LETTERS = 1000
COUNTED = 1_000_000
"""What a process counts to in about the time of a letter, fast enough: what two cores of this machine are worth."""
WARM = 50
"""Letters after which memory is looked at first: by then every kind was made twice."""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield milliseconds of a first letter and of a signature, megabytes, letters of two children over those of one."""
    samples = {name: catalogue.sample(kind) for name, kind in catalogue.load(letters_root()).items()}
    first = [EXAMPLE] if quick else list(samples)
    child, firsts = _ready(), {}
    for n, kind in enumerate(first):
        if n:
            child.end()
            child = _ready()
        firsts[kind] = _first(child, kind, samples[kind])
    yield _of_all(firsts)
    yield _signature(_letter(child, EXAMPLE, samples[EXAMPLE]), 3 if quick else 50)
    yield _growth(child, samples, *((2, 6) if quick else (WARM, LETTERS)))
    child.end()
    yield _two(samples[EXAMPLE], *((1, 1) if quick else (6, 20)))


def _first(child: Child, kind: str, facts: Facts) -> tuple[float, float, float]:
    """Return the milliseconds of a new child's first letter, those of CPU among them, and those of its fourth."""
    before = _cpu(child)
    took = _asked(child, kind, facts)
    worked = _cpu(child) - before
    later = [_asked(child, kind, facts) for _n in range(3)][-1]
    return took * 1000, worked * 1000, later * 1000


def _of_all(firsts: dict[str, tuple[float, float, float]]) -> Figure:
    took, worked, later = (median(each) for each in zip(*firsts.values(), strict=True))
    short, long = (pick(firsts, key=lambda kind: firsts[kind][0]) for pick in (min, max))
    note = (
        f"from the request to the PDF, {worked:.0f} ms of it CPU; the median of {len(firsts)} kinds, a new child each"
    )
    ends = ", ".join(f"{kind} {firsts[kind][0]:.0f}" for kind in (short, long))
    return Figure(
        "letters, first", round(took), "ms", FIRST_MS, f"{note} ({ends}); its fourth takes {later:.0f}", at_most=True
    )


def _signature(pdf: bytes, count: int) -> Figure:
    """Sign one letter many times, as the worker does: in its own process, by the office's own P-256 certificate."""
    pair = _certificate()
    signature.sign(pdf, *pair, at=AT)
    took, worked = [], []
    for _n in range(count):
        before = process_time()
        took.append(seconds(lambda: signature.sign(pdf, *pair, at=AT)))
        worked.append(process_time() - before)
    clock = median(took) * 1000
    note = f"of CPU, {clock:.0f} by the clock; the median of {count}, P-256, a file of {len(pdf) // 1000} kB"
    return Figure("letters, signature", round(median(worked) * 1000, 1), "ms", SIGN_MS, note, at_most=True)


def _certificate() -> tuple[bytes, bytes]:
    """Return a certificate that an office made for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dinas Sosial")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(AT - timedelta(days=1)).not_valid_after(AT + timedelta(days=365))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), private


def _growth(child: Child, samples: dict[str, Facts], warm: int, count: int) -> Figure:
    kinds = cycle(samples.items())
    for n, (kind, facts) in enumerate(islice(kinds, warm)):
        _asked(child, kind, _other(facts, n))
    before = _resident(child)
    for n, (kind, facts) in enumerate(islice(kinds, count)):
        _asked(child, kind, _other(facts, warm + n))
    after = _resident(child)
    note = f"from {before:.0f} to {after:.0f} MB over {count:,} letters of {min(count, len(samples))} kinds, one child"
    return Figure("letters, memory", round(after - before, 1), "MB", GROWTH_MB, note, at_most=True)


def _two(facts: Facts, blocks: int, count: int) -> Figure:
    letters: dict[int, list[float]] = {1: [], 2: []}
    counting: dict[int, list[float]] = {1: [], 2: []}
    with (
        Renderer(letters_root(), processes=2) as renderer,
        ThreadPoolExecutor(2) as threads,
        ProcessPoolExecutor(2) as processes,
    ):
        for block in range(blocks + 1):
            for busy in (2, 1):
                took = _together(threads, busy, _several, renderer, facts, count)
                floor = _together(processes, busy, sum, range(count * COUNTED))
                if block:  # the first one starts the children
                    letters[busy].append(took / count)
                    counting[busy].append(floor)
    rates = {busy: busy / median(each) for busy, each in letters.items()}
    machine = 2 * median(counting[1]) / median(counting[2])
    note = f"{rates[2]:.1f} letters a second beside {rates[1]:.1f} of one child, by the clock"
    note = f"{note}; two processes that only count, in turn with them: {machine:.2f} times one"
    return Figure("letters, two children", round(rates[2] / rates[1], 2), "times one", OF_ONE, note)


def _together(pool: Executor, busy: int, work: Callable[..., object], *given: object) -> float:
    """Return the seconds until as many as `busy` have done the same work at the same time."""
    start = perf_counter()
    for each in [pool.submit(work, *given) for _n in range(busy)]:
        each.result()
    return perf_counter() - start


def _several(renderer: Renderer, facts: Facts, count: int) -> None:
    for _n in range(count):
        renderer.render(EXAMPLE, facts)


def _ready() -> Child:
    """Return a child that is warm and waits."""
    child = Child(MEMORY, str(letters_root()))
    assert child.process.stdout
    child.ready = pipe.receive(child.process.stdout) is not None
    assert child.ready
    return child


def _asked(child: Child, kind: str, facts: Facts) -> float:
    return seconds(lambda: _letter(child, kind, facts))


def _letter(child: Child, kind: str, facts: Facts) -> bytes:
    request = {"kind": kind, "facts": facts, "root": str(letters_root()), "extra": None, "seconds": SECONDS}
    answer = child.ask(request, SECONDS)
    assert answer
    assert "failed" not in answer[0], answer[0]
    return answer[1]


def _other(facts: Facts, n: int) -> Facts:
    """Return the facts of another letter: what is kept between letters must not be kept for each."""
    code = f"{n:04d}-ABCD-EFGH-JKMN"
    url = f"https://kasus.dinsos.contoh.example/verify/{code}"
    return {**facts, "number": f"{facts['number']}-{n}", "check": {"code": code, "url": url}}


def _cpu(child: Child) -> float:
    """Return the seconds of CPU the child has used."""
    fields = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(child: Child) -> float:
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
