"""The stages of a case, each a script: of these the paths of the year are made."""

from bench.district.life import Life, Script

POST = "Pendamping sosial"


def reported(life: Life, risk: str = "low", *, met: bool = True, **said: object) -> Script[None]:
    """Collect the data where the person lives."""
    yield from life.record(life.reporter, "data_collection", met=met, risk=risk, **said)


def submitted(life: Life, risk: str = "") -> Script[None]:
    """Collect the data, hand the case over to its caseworker."""
    yield from reported(life, risk or life.rnd.choice(("low", "low", "medium")))
    yield from life.step(life.reporter, "submit_for_assessment")
    if life.reporter != life.worker:
        yield life.soon(20, 120)
        yield from life.assigned()


def assessed(life: Life) -> Script[None]:
    """Visit and assess, mostly in time."""
    yield life.workday(1, 3) if life.chance(85) else life.workday(6, 9)
    yield from life.record(life.worker, "assessment", risk=life.rnd.choice(("low", "low", "medium")))
    relation = life.relation if life.relation in {"self", "mother"} else "kin"
    yield from life.letter(life.worker, "ic", 15, giver=life.giver, relation=relation, for_data=True, for_plan=True)
    yield from life.step(life.worker, "complete_assessment")


def planned(life: Life) -> Script[None]:
    """Write the plan and agree on it with the client."""
    yield life.workday(1, 2)
    yield from life.record(life.worker, "intervention_plan")
    yield from life.plan_items()
    yield from life.consent("plan")
    yield from life.letter(life.worker, "kes", 15, officer_post=POST)


def approved(life: Life) -> Script[None]:
    """Have the plan approved."""
    yield from life.decided("approve_plan", late=life.chance(8))


def helped(life: Life) -> Script[None]:
    """Carry the plan out; see the client in between."""
    yield life.days(life.rnd.randint(10, 25))
    if life.chance(40):
        yield from life.visit()
    handed = {"officer": "Pendamping", "officer_post": POST, "receiver": life.giver, "receiver_address": "RT 002"}
    handed |= {"capacity": "family", "place": "Kantor desa", "source": "APBD Kabupaten tahun 2026"}
    items = [["Paket sembako", "1 paket", ""]]
    yield from life.letter(life.worker, "bast", 35, items=items, **handed)
    yield life.days(life.rnd.randint(10, 30))
    yield from life.finish()
    yield from life.step(life.worker, "complete_intervention")


def evaluated(life: Life, result: str = "met") -> Script[None]:
    """Ask what has changed, goal by goal."""
    yield life.workday(1, 4)
    yield from life.record(life.worker, "evaluation")
    yield from life.results(result)


def monitored(life: Life, visits: int | None = None) -> Script[None]:
    """Visit as the category wants it; now and then too late."""
    rhythm = life.category.rhythm
    for n in range(visits or rhythm.visits):
        span = rhythm.every if n else rhythm.first
        early = 0 if life.chance(20) else life.rnd.randint(2, 4)
        yield (
            life.late_by(span, 4)
            if life.chance(8)
            else life.days(max(rhythm.gap_days, span.amount - early) if n else span.amount - early)
        )
        yield from life.visit()
        yield from life.letter(life.worker, "ba-kunj", 12, officer_post=POST, met=life.giver, met_as="keluarga")


def followed(life: Life) -> Script[None]:
    """From the end of the intervention to monitoring that is done."""
    yield from evaluated(life)
    yield from life.step(life.worker, "start_monitoring")
    yield from monitored(life)


def ended(life: Life) -> Script[None]:
    """Close the case: it ends here."""
    yield from life.record(life.worker, "monitoring")
    outcome = life.rnd.choice(("goals_met", "goals_met", "partly_met"))
    yield from life.decided("close_case", late=life.chance(8), outcome=outcome)
    yield from life.letter(life.worker, "trm", 10, recipient=life.giver)


def finished(life: Life) -> Script[None]:
    """From an approved plan to the end."""
    yield from helped(life)
    yield from followed(life)
    yield from ended(life)


def to_intervention(life: Life) -> Script[None]:
    """From an assessment to a plan that is carried out."""
    yield from assessed(life)
    yield from planned(life)
    yield from approved(life)


def to_the_end(life: Life) -> Script[None]:
    """From an assessment to the end."""
    yield from to_intervention(life)
    yield from finished(life)


def start(life: Life) -> Script[None]:
    """From the report to the assessment."""
    yield from life.opening()
    yield from submitted(life)
