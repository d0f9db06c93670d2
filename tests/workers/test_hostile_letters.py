"""An office's template that loops: its letter alone is given up, in the process that serves pages too."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from caseflow import settings
from caseflow.actions import installation
from caseflow.actions.letters import IssueLetter, issue_letter
from caseflow.store import letters
from caseflow.store.session import Database
from tests.workers import parts
from tests.world import START, World, act, fill, open_database, opened
from workers.embedded import Embedded
from workers.runtime import Clock, Runtime

TASK = {"task": "outreach", "place": "Desa", "officers": [["Rina", "", "TKSK"]]}
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
BODY = "{% if f.place == 'Lingkar' %}" + LOOP + "{% endif %}<p>{{ f.place }}</p>"


def test_a_template_that_loops_fails_alone_in_embedded_mode(migrated_url: Callable[[str], str], tmp_path: Path) -> None:
    database: Database = open_database(migrated_url("sqlite"), tmp_path)
    office = fill(database)
    with database.write() as session:
        world = World(office, session, START)
        case = opened(world)
        fields = {**TASK, "from_date": (START + timedelta(days=1)).date().isoformat()}
        looping, whole = (
            act(world, issue_letter, IssueLetter(case=case, letter="st", fields={**fields, "place": place})).created_id
            for place in ("Lingkar", "Desa")
        )
    own = tmp_path / "own" / "st"
    own.mkdir(parents=True)
    (own / "body.html").write_text(BODY)
    given = settings.load(data_dir=tmp_path, templates_dir=own.parent, letter_wall_seconds=4)
    at = START + timedelta(minutes=5)
    with installation.renderer(given) as renderer:
        clock = Clock(business=lambda: at)
        running = Runtime(database=database, render=renderer.render, channels=parts.kept([]), clock=clock)
        Embedded(running).drain()
    jobs = parts.all_jobs(database)
    assert jobs[f"letter.render:{whole}"].state == "done"
    given_up = jobs[f"letter.render:{looping}"]
    assert (given_up.state, given_up.attempts) == ("ready", 1), "tried again later; nothing else waits for it"
    assert "batas 4 detik" in given_up.failure
    with database.read() as session:
        row = letters.by_id(session, str(whole))
        assert row is not None
        assert row.file_id
    database.close()
