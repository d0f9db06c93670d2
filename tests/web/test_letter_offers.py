"""What letters a case page offers: those its state suggests, then the others by what they are for."""

from caseflow.web.letter_view import PURPOSES
from tests.web.browsing import Site


def test_the_page_suggests_a_few_and_keeps_the_others_by_purpose(shared: Site) -> None:
    rina = shared.by("rina")
    shown = rina.get(f"/kasus/{shared.number('monitoring')}")
    text = shown.text
    assert "Lazim pada tahap ini" in text
    first = text.index("Siapkan: Pemberitahuan Kunjungan Monitoring")
    assert text.index("Lazim pada tahap ini") < first < text.index(str(PURPOSES["institution"]))
    rest = text.index("Siapkan: Permohonan Bantuan Sosial")
    assert text.index(str(PURPOSES["institution"])) < rest
    offered = [words for _to, words in shown.page.links if words.startswith("Siapkan:")]
    assert len(offered) == len(set(offered)), "each once"


def test_the_auditor_is_offered_none(shared: Site) -> None:
    assert "Siapkan:" not in shared.by("audit").get(f"/kasus/{shared.number('monitoring')}").text
