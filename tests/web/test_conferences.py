"""The form of a case conference on its page."""

from tests.web.browsing import Site


def test_rows_are_asked_for_once_in_plain_words(shared: Site) -> None:
    shown = shared.by("rina").get(f"/kasus/{shared.number('assessment')}/pembahasan/baru").text
    assert shown.count("Satu per baris, bagiannya dipisahkan titik koma: Nama; Jabatan atau instansi") == 1
    assert "Satu orang tiap baris" not in shown
    assert "entri" not in shown
