"""`caseflow goods`: what an operator types, and what is answered."""

from pathlib import Path

from tests.cli.installation import Installation

GOODS = ("--name", "Kursi roda", "--unit", "unit", "--pillar", "rehabilitasi", "--intervention", "ALATBANTU")
PAPER = ("--place", "Gudang Dinas", "--document", "BA/7", "--document-date", "2026-01-30", "--by", "wahidah")


def test_goods_are_kept_at_the_command_line(installed: Installation, tmp_path: Path) -> None:
    assert installed.run("goods", "item", "KURSI-RODA", "--area", "6310", *GOODS, "--by", "rina").code == 1
    assert installed.run("goods", "item", "KURSI-RODA", "--area", "6310", *GOODS, "--by", "wahidah").code == 0
    for place in ("Gudang Dinas", "Gudang Batulicin"):
        assert installed.run("goods", "place", place, "--area", "6310", "--by", "wahidah").code == 0
    came = installed.run("goods", "receive", "KURSI-RODA", "22", "--source", "Sentra", *PAPER)
    assert came.code == 0, came.err
    assert came.out.startswith("Penerimaan tercatat: 22 KURSI-RODA, id mutasi ")
    assert installed.run("goods", "receive", "KURSI-RODA", "1.5", "--source", "Sentra", *PAPER).code == 2
    assert "Harus bilangan bulat dari 1" in installed.run("goods", "receive", "KURSI-RODA", "0", *PAPER).err
    away = ("--place", "Gudang Dinas", "--to", "Gudang Batulicin", "--by", "wahidah")
    assert "tinggal 22 unit" in installed.run("goods", "move", "KURSI-RODA", "23", *away).err
    assert installed.run("goods", "move", "KURSI-RODA", "2", *away).code == 0
    counted = ("--place", "Gudang Dinas", "--reason", "Stok opname", "--by", "wahidah")
    assert "Tidak ada selisih." in installed.run("goods", "count", "KURSI-RODA", "20", *counted).out
    (kind,) = installed.run("goods", "stock", "--json").data
    assert {place["name"]: place["quantity"] for place in kind["places"]} == {"Gudang Dinas": 20, "Gudang Batulicin": 2}
    moved = installed.run("goods", "movements", "--kind", "transfer", "--by", "rina", "--json").data
    assert [one["quantity"] for one in moved] == [2]
    assert installed.run("goods", "reverse", moved[0]["id"], "--reason", "Keliru.", "--by", "wahidah").code == 0
    assert "22" in installed.run("goods", "stock").out
    out = tmp_path / "mutasi.xlsx"
    assert installed.run("goods", "movements", "--out", str(out)).code == 0
    assert out.read_bytes().startswith(b"PK")
