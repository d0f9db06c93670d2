"""Hostile and broken templates fail alone, with a reason; the child is replaced and nothing of it stays behind."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caseflow.errors import LetterFailed
from caseflow.letters import catalogue, pipe
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Renderer
from caseflow.letters.facts import Facts
from tests.letters import reading
from tests.letters.conftest import Office

Kinds = dict[str, LetterKind]
pytestmark = pytest.mark.slow  # most of them start processes of their own
SECONDS = 5.0


@pytest.fixture
def sample(kinds: Kinds) -> Facts:
    return catalogue.sample(kinds["rjk-rs"])


@pytest.fixture
def fragile(root: Path, tmp_path: Path) -> Iterator[Renderer]:
    """A renderer over an office's own folder, with a short wall limit."""
    with Renderer(root, tmp_path, seconds=SECONDS) as renderer:
        yield renderer


def failure(renderer: Renderer, facts: Facts) -> str:
    with pytest.raises(LetterFailed) as caught:
        renderer.render("rjk-rs", facts)
    assert caught.value.data["letter"] == "rjk-rs"
    return str(caught.value.data["reason"])


def whole(renderer: Renderer, kinds: Kinds) -> None:
    """The next letter succeeds."""
    assert renderer.render("rek-pbi", catalogue.sample(kinds["rek-pbi"])).pages == 2


def gone(pid: int) -> bool:
    """Neither running nor waiting to be fetched."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def ended(pid: int, *, within: float) -> bool:
    """A process that is not our child ends within so many seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle):
        return bool(select.select([handle], [], [], within)[0])


LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
BREACHES = {
    "a loop": (LOOP, "batas"),
    "a gigabyte": ("{{ ('x' * 10**9) | length }}", "memori"),
    "a gigabyte in C": ("<p>{{ 'x' * 10**8 }}</p>", "memori"),
    "endless recursion": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "memori"),
}
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">
<image href="file:///etc/passwd" width="5" height="5"/></svg>"""
REFUSALS = {
    "a local file": ('<img src="file:///etc/passwd" alt="x">', "file:///etc/passwd"),
    "a parent folder": ('<img src="../../../etc/passwd" alt="x">', "passwd"),
    "another letter's folder": ('<img src="../rek-pbi/body.html" alt="x">', "rek-pbi"),
    "a file as attachment": ('<link rel="attachment" href="file:///etc/passwd">', "file:///etc/passwd"),
    "a file as style": ('<style>@import "file:///etc/passwd";</style>', "file:///etc/passwd"),
    "a font file": (
        '<style>@font-face { font-family: x; src: url("file:///etc/passwd") }</style>', "passwd",
    ),
    "a picture in a picture": (
        f'<img alt="x" src="data:image/svg+xml;base64,{b64encode(SVG.encode()).decode()}">', "passwd",
    ),
    "Python's insides": ("{{ ''.__class__.__mro__ }}", "unsafe"),
    "a word nobody defined": ("{{ subjek.name }}", "subjek"),
    "the safe filter": ("{{ subject.name | safe }}", "safe"),
    "another folder's template": ('{% include "../../../../etc/passwd" %}', "passwd"),
    "a picture that is not there": ('<img src="stempel.png" alt="x">', "stempel.png"),
    "a picture without words": ('<img src="data:image/png;base64,iVBORw0KGgo=">', "image"),
    "a sign no font has": ("<p>\U000f0000</p>", "tidak ada huruf"),
    "a syntax error": ("<p>{{ subject.name </p>", "baris 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", BREACHES)
def test_a_template_that_breaks_a_limit_fails_alone(
    fragile: Renderer, office: Office, kinds: Kinds, sample: Facts, case: str
) -> None:
    body, reason = BREACHES[case]
    whole(fragile, kinds)
    [before] = fragile._children
    office("rjk-rs", {"body.html": body})
    assert reason in failure(fragile, sample)
    whole(fragile, kinds)
    [after] = fragile._children
    assert after.process.pid != before.process.pid
    assert gone(before.process.pid), "no zombie"


def test_a_template_that_reaches_out_fails_alone(
    fragile: Renderer, office: Office, kinds: Kinds, sample: Facts
) -> None:
    for case, (body, reason) in REFUSALS.items():
        office("rjk-rs", {"body.html": body})
        said = failure(fragile, sample)
        assert reason in said, f"{case}: {said}"
    whole(fragile, kinds)
    [child] = fragile._children
    assert child.letters == len(REFUSALS) + 1, "a refusal costs no process"


def test_no_template_reaches_the_network(fragile: Renderer, office: Office, sample: Facts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        office("rjk-rs", {"body.html": f'<img src="{address}" alt="x">'})
        assert address in failure(fragile, sample)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_an_office_edits_a_template_while_we_run(
    fragile: Renderer, office: Office, kinds: Kinds, sample: Facts
) -> None:
    shipped = fragile.render("rjk-rs", sample)
    for wish in ("Versi pertama kantor.", "Versi kedua kantor yang lain."):
        office("rjk-rs", {"body.html": f"<p>{wish}</p>"})
        made = fragile.render("rjk-rs", sample)
        assert reading.squeezed(wish) in reading.text(made.pdf)
        assert made.template_digest != shipped.template_digest
    office("rjk-rs", {"letter.toml": "code ="})
    assert "bukan TOML" in failure(fragile, sample)
    whole(fragile, kinds)


def test_a_letter_has_pictures_and_a_style_of_its_own(fragile: Renderer, office: Office, sample: Facts) -> None:
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0H9V9Z" fill="#123"/></svg>'
    office("rjk-rs", {"body.html": '<p class="x">Isi</p><img src="kotak.svg" alt="Kotak">', "kotak.svg": square})
    assert fragile.render("rjk-rs", sample).pages == 2
    office("rjk-rs", {"letter.css": ".x { break-before: page }"})
    assert fragile.render("rjk-rs", sample).pages == 3


def test_a_child_is_replaced_after_its_share_of_letters(root: Path, sample: Facts) -> None:
    with Renderer(root, letters=2) as renderer:
        seen = set()
        for _letter in range(4):
            renderer.render("rjk-rs", sample)
            seen |= {child.process.pid for child in renderer._children}
        assert len(seen) == 3
        assert len(renderer._children) == 1


def test_a_killed_child_is_replaced(root: Path, sample: Facts) -> None:
    with Renderer(root) as renderer:
        first = renderer.render("rjk-rs", sample)
        [child] = renderer._children
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
        assert renderer.render("rjk-rs", sample) == first


def test_the_first_letter_of_a_warm_child_reads_and_compiles_nothing(
    root: Path, tmp_path: Path, office: Office
) -> None:
    office("lapsos", {"body.html": "<p>{{ 9 ** 9 ** 9 }}</p>"})  # never opened before it is asked for
    script = f"""
import pathlib, cProfile, pstats
from caseflow.letters import catalogue, pdf, worker
root, extra = pathlib.Path({str(root)!r}), pathlib.Path({str(tmp_path)!r})
facts = catalogue.sample(catalogue.load_one("rjk-rs", root))
pdf.warm_up()
worker._warm_up(root, extra)
with cProfile.Profile() as profile:
    worker._letter({{"kind": "rjk-rs", "facts": facts, "root": str(root), "extra": str(extra)}})
for file, _line, name in pstats.Stats(profile).stats:
    print(pathlib.Path(file).name, name)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    called = set(done.stdout.splitlines())
    assert "pdf.py make" in called
    assert not called & {"catalogue.py load_one", "environment.py compile", "cparser.py parse_type"}


def test_many_threads_share_two_children(root: Path, sample: Facts) -> None:
    with Renderer(root, processes=2) as renderer:
        renderer.warm()
        wanted = [f"400.9/{n:04d}" for n in range(12)]
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(lambda number: renderer.render("rjk-rs", {**sample, "number": number}), wanted))
        assert len(renderer._children) == 2
        pids = [child.process.pid for child in renderer._children]
    for number, letter in zip(wanted, made, strict=True):
        assert reading.attached(letter.pdf)["number"] == number
    assert all(gone(pid) for pid in pids), "closed means gone"


def test_an_answer_nobody_fetched_is_nobody_s_letter(root: Path, sample: Facts) -> None:
    with Renderer(root) as renderer:
        renderer.render("rjk-rs", sample)
        [child] = renderer._children
        assert child.process.stdin is not None
        # What a time limit in the middle of a letter would leave in the pipe.
        stale = {"kind": "-", "facts": sample, "root": "-", "extra": None, "seconds": 9, "turn": 1}
        pipe.send(child.process.stdin, stale)
        with pytest.raises(LetterFailed):
            renderer.render("rjk-rs", sample)
        again = renderer.render("rjk-rs", {**sample, "number": "400.9/0777"})
        assert reading.attached(again.pdf)["number"] == "400.9/0777"


def test_the_children_die_with_their_parent(root: Path) -> None:
    script = f"""
import os, pathlib, signal
from caseflow.letters import catalogue, pipe
from caseflow.letters.child import Renderer
root = pathlib.Path({str(root)!r})
renderer = Renderer(root)
renderer.render("rjk-rs", catalogue.sample(catalogue.load(root)["rjk-rs"]))
print(*[child.process.pid for child in renderer._children], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    [pid] = map(int, done.stdout.split())
    assert ended(pid, within=10)


def test_a_forked_process_starts_its_own_children(root: Path) -> None:
    script = f"""
import os, pathlib
from caseflow.letters import catalogue, pipe
from caseflow.letters.child import Renderer
root = pathlib.Path({str(root)!r})
facts = catalogue.sample(catalogue.load(root)["rjk-rs"])
with Renderer(root) as renderer:
    first = renderer.render("rjk-rs", facts)
    pids = {{c.process.pid for c in renderer._children}}
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
        assert renderer.render("rjk-rs", facts) == first
        assert pids == {{c.process.pid for c in renderer._children}}
    else:
        assert renderer.render("rjk-rs", facts) == first
        own = {{c.process.pid for c in renderer._children}}
        renderer.close()
        os._exit(0 if own and not own & pids else 1)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("installed", ["", "Liberation Serif"])
def test_a_missing_font_is_said_and_not_drawn_as_boxes(root: Path, tmp_path: Path, installed: str) -> None:
    (tmp_path / "fonts.conf").write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    if installed:
        found = subprocess.run(["fc-match", "-f", "%{file}", installed], capture_output=True, text=True, check=True)
        shutil.copy(found.stdout, tmp_path)
    script = f"""
import pathlib
from caseflow.letters import catalogue, pipe
from caseflow.letters.child import Renderer
root = pathlib.Path({str(root)!r})
with Renderer(root) as renderer:
    renderer.render("rjk-rs", catalogue.sample(catalogue.load(root)["rjk-rs"]))
"""
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert ("LetterFailed" if installed else "ServiceUnavailable") in done.stderr
    assert "fonts-liberation" in done.stderr.splitlines()[-1]


def test_a_closed_renderer_may_be_used_again(root: Path, sample: Facts) -> None:
    renderer = Renderer(root)
    first = renderer.render("rjk-rs", sample)
    renderer.close()
    assert renderer.render("rjk-rs", sample) == first
    renderer.close()
