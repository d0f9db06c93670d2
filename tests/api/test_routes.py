"""Every route of the API: once by somebody who may, once by somebody who may not; the table misses none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx2 import Response

from tests.api import making, register, warehouse
from tests.api.calling import WRITES, Api, problem
from tests.api.making import (
    AMINAH,
    ASK_ERASURE,
    ASSIGNMENT,
    CASE,
    CASEWORKER,
    CHAIN,
    PICTURE,
    SCAN,
    SOME_ID,
    TARGET,
    TERMINATE,
    V1,
    Ids,
)
from tests.world import VILLAGE

ABSENT = (404, "NotFound")
NOT_YOURS = (403, "Forbidden")
PUBLIC = ("/healthz", "/readyz", f"{V1}/verify/{{code}}", f"{V1}/replies/{{reply}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, who may send it with which answer, and who may not."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    case: tuple[str, str] = ("FM", "intervention")
    before: Callable[[Api, str], Ids] = lambda _api, _case: {}
    by: str = "rina"
    status: int = 200
    not_by: str | None = "luar"
    refused: tuple[int, str] = ABSENT
    versioned: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


KEPT: dict[str, Any] = {"method": "POST", "versioned": False, "status": 201, "refused": NOT_YOURS}
"""How goods are recorded."""
CALLS = [
    # cases
    Call(
        method="POST", path=f"{V1}/cases", body={"category": "FM", "area": VILLAGE, "person": AMINAH},
        versioned=False, status=201, refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/cases", not_by=None),
    # many at once: who may not is told row by row (test_many)
    Call(
        method="POST", path=f"{V1}/cases/many", body={"rows": [{"category": "FM", "area": VILLAGE, "person": AMINAH}]},
        versioned=False, not_by=None,
    ),
    Call(
        method="POST", path=f"{V1}/steps/many", body={"rows": [{"case": "6310-2026-000001", "step": "terminate"}]},
        versioned=False, not_by=None,
    ),
    Call(method="POST", path=f"{V1}/search", body={"q": "Aminah"}, versioned=False, not_by=None),
    Call(method="GET", path=CASE),
    Call(method="GET", path=f"{CASE}/history"),
    Call(method="PUT", path=f"{CASE}/person", body={"person": AMINAH}, not_by="audit", refused=NOT_YOURS),
    Call(method="GET", path=f"{CASE}/dossier", case=("FM", "closed")),
    Call(method="GET", path=f"{CASE}/dossier.pdf", case=("FM", "closed")),
    Call(method="GET", path=f"{V1}/waiting", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/waiting.xlsx", by="audit", not_by="rina", refused=NOT_YOURS),
    # steps, stages, reviews
    Call(method="GET", path=f"{CASE}/steps"),
    Call(method="POST", path=f"{CASE}/steps", body=TERMINATE, status=202, not_by="audit", refused=NOT_YOURS),
    Call(method="GET", path=f"{CASE}/stages/{{stage}}"),
    Call(
        method="PUT", path=f"{CASE}/stages/{{stage}}", body={"answers": {"problems": "Pangan."}}, versioned=False,
        headers={"if_match": "*"}, not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/reviews", not_by=None),
    Call(
        method="POST", path=f"{V1}/reviews/{{review}}/approve", body={"reason": "Sesuai."}, before=making.asked,
        by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/reviews/{{review}}/refuse", body={"reason": "Belum."}, before=making.asked,
        by="sari",
    ),
    Call(method="POST", path=f"{V1}/reviews/{{review}}/withdraw", body={}, before=making.asked, not_by="sari"),
    # running
    Call(method="GET", path=f"{CASE}/assignees", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(
        method="PUT", path=f"{CASE}/assignment", body={"assignee": "{budi}"}, by="sari", not_by="rina",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/closed-files/open", body={"number": "{number}", "reason": "Klien di IGD."},
        before=making.closed_file, versioned=False, by="budi", not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/handovers", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/handovers/{{user}}", before=making.leaver, by="sari", not_by="luarsup"),
    Call(
        method="POST", path=f"{V1}/handovers/{{user}}", body={"rows": [{"case": "6310-2026-000001", "to": SOME_ID}]},
        before=making.leaver, versioned=False, by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/hold", body={"until": "2027-02-10", "reason": "Keluarga di luar daerah."},
        not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{CASE}/resume", body={}, before=making.held, not_by="audit", refused=NOT_YOURS),
    # another category, another area
    Call(
        method="GET", path=f"{CASE}/category/{{code}}", case=("AT", "intervention"), not_by="audit", refused=NOT_YOURS
    ),
    Call(
        method="PUT", path=f"{CASE}/category", body={"category": "PRSE", "reason": "Salah pilih."}, by="sari",
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/transfer", body=making.AWAY, by="sari", status=201, not_by="rina",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/transfers", by="luarsup", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/transfers/{{transfer}}", before=making.away, by="luarsup", not_by="rina"),
    Call(
        method="POST", path=f"{V1}/transfers/{{transfer}}/accept", body={"assignee": "{luar}"}, before=making.away,
        versioned=False, by="luarsup", not_by="luar",
    ),
    Call(
        method="POST", path=f"{V1}/transfers/{{transfer}}/refuse", body={"reason": "Tidak di sini."},
        before=making.away, versioned=False, by="luarsup", not_by="sari",
    ),
    Call(
        method="POST", path=f"{V1}/transfers/{{transfer}}/withdraw", body={}, before=making.away, versioned=False,
        by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    # plan
    Call(method="GET", path=f"{CASE}/same-aid"),
    # registries
    Call(method="GET", path=f"{CASE}/registry-checks"),
    Call(
        method="POST", path=f"{CASE}/registry-checks", body={"system": "DTSEN", "decile": 2}, status=201,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{CASE}/roster", before=making.community),
    Call(
        method="POST", path=f"{CASE}/roster", body={"name": "Utuh"}, before=making.community, status=201,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(path=f"{CASE}/roster/import/check", versioned=False, **making.MEMBERS),
    Call(path=f"{CASE}/roster/import", not_by="sari", refused=NOT_YOURS, **making.MEMBERS),
    Call(
        method="POST", path=f"{CASE}/roster/{{member}}/end", body={"reason": "Pindah."}, before=making.community,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/plan-items", body={"intervention": "SEMBAKO", "goal": "Pangan cukup"},
        case=("FM", "intervention_plan"), status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="PATCH", path=f"{CASE}/plan-items/{{item}}", body={"goal": "Pangan cukup tiap hari"},
        before=making.proposed, case=("FM", "intervention_plan"), not_by="sari", refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{CASE}/plan-items/{{item}}/done", body={}, before=making.planned, not_by="luar"),
    Call(method="POST", path=f"{CASE}/plan-items/{{item}}/cancel", body={"note": "Diganti."}, before=making.planned),
    Call(
        method="POST", path=f"{CASE}/plan-items/{{item}}/evaluation", body={"result": "met"}, before=making.planned,
        case=("FM", "evaluation"), not_by="sari", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{CASE}/shared-items"),
    Call(path=f"{CASE}/plan-items/{{item}}/cases", body=making.OTHERS, before=making.planned, **making.ROWS),
    Call(path=f"{CASE}/plan-items/{{item}}/outcome", body=making.ENDED, before=making.planned, **making.ROWS),
    # fieldwork
    Call(method="POST", path=f"{CASE}/visits", body={"finding": "Baik."}, status=201, not_by="sari", refused=NOT_YOURS),
    Call(path=f"{V1}/visits/many", body=making.OTHERS | {"finding": "Baik."}, **making.ROWS),
    Call(
        method="POST", path=f"{CASE}/visits/waive", body={"reason": "Didampingi puskesmas."}, by="sari",
        case=("FM", "monitoring"), not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals", body={"institution": "{charity}", "need": "Modal."}, status=201,
        before=making.told, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/answer", body={"status": "done"}, before=making.referral,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/withdraw", body={"reason": "Tidak dijawab."}, by="sari",
        before=making.referral, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/link", body={}, before=making.referral, status=201,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/confirm", body={}, before=making.offered, not_by="sari",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/referrals/{{referral}}/decline", body={"reason": "Tidak dikenal."},
        before=making.offered, not_by="sari", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/referrals", by="mitra", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/referrals/{{referral}}/answer", body={"status": "done"}, before=making.addressed,
        by="mitra", versioned=False, not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/replies/{{reply}}", before=making.linked, not_by=None),
    Call(
        method="POST", path=f"{V1}/replies/{{reply}}", body={"status": "done", "officer": "Ani"}, before=making.linked,
        versioned=False, not_by=None,
    ),
    Call(
        method="POST", path=f"{CASE}/consents", body={"purpose": "data", "relation": "self", "giver": "Aminah"},
        status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/consents/{{consent}}/withdraw", body={"reason": "Berubah pikiran."},
        before=making.consent, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/placements", body={"kind": "kin", "carer": "Rusdi"}, case=("AT", "intervention"),
        status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/placements/{{placement}}/reviews", body={"finding": "Anak betah."}, status=201,
        before=making.placement, case=("AT", "intervention"), not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/placements/{{placement}}/end", body={"reason": "Kembali ke ibu."},
        before=making.placement, case=("AT", "intervention"), not_by="sari", refused=NOT_YOURS,
    ),
    # conferences
    Call(method="GET", path=f"{CASE}/conferences", before=making.conference),
    Call(
        method="POST", path=f"{CASE}/conferences", body=making.CONFERENCE, status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/conferences/minutes", body=making.MINUTES, status=201, not_by="sari",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/conferences/{{conference}}/cancel", body={"reason": "Diundur."},
        before=making.conference, not_by="sari", refused=NOT_YOURS,
    ),
    # attachments
    Call(
        method="POST", path=f"{CASE}/attachments", body=PICTURE, versioned=False, status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{CASE}/attachments", before=making.attached),
    Call(method="GET", path=f"{V1}/attachments/{{attachment}}/file", before=making.attached),
    Call(
        method="POST", path=f"{V1}/attachments/{{attachment}}/withdraw", body={"reason": "Salah."}, versioned=False,
        before=making.attached, not_by="budi", refused=NOT_YOURS,
    ),
    # instruments
    Call(method="GET", path=f"{V1}/instruments", not_by=None),
    Call(method="GET", path=f"{CASE}/instruments", before=making.measured),
    Call(
        method="POST", path=f"{CASE}/instruments", body=making.INSTRUMENT, versioned=False, status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/instruments/{{fill}}/decision", body={"decision": "accepted"}, versioned=False,
        status=201, before=making.measured, not_by="audit", refused=NOT_YOURS,
    ),
    # initials
    Call(method="GET", path=f"{V1}/initials", by="sari", not_by=None),
    Call(method="GET", path=f"{CASE}/drafts", before=making.drafted),
    Call(method="GET", path=f"{V1}/initials/{{draft}}/pdf", before=making.drafted),
    Call(
        method="POST", path=f"{V1}/initials/{{draft}}/give", body={}, before=making.drafted, by="sari", not_by="rina",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/{{draft}}/return", body={"reason": "NIK keliru."}, before=making.drafted,
        by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/{{draft}}/withdraw", body={"reason": "Keliru."}, before=making.drafted,
        not_by="budi", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/initials/chains", by="admin", not_by="rina", refused=NOT_YOURS),
    Call(
        method="PUT", path=f"{V1}/initials/chains", body=CHAIN, before=making.post_held, by="admin", versioned=False,
        not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/holders", body={"post": "Kepala Bidang", "user": "sari"}, by="admin",
        versioned=False, status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/initials/holders/{{holder}}/leave", body={}, before=making.post_held, by="admin",
        versioned=False, not_by="rina", refused=NOT_YOURS,
    ),
    # letters
    Call(method="GET", path=f"{CASE}/letters/offered"),
    Call(
        method="POST", path=f"{CASE}/letters", body={"letter": "rjk-rs"}, before=making.ready_for_letter, status=201,
        not_by="audit", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{CASE}/letters/preview", body={"letter": "rjk-rs"}, versioned=False, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/letters/{{letter}}", before=making.letter),
    Call(method="GET", path=f"{V1}/letters/{{letter}}/pdf", before=making.rendered),
    Call(
        method="POST", path=f"{V1}/letters/{{letter}}/void", body={"reason": "Salah alamat."}, before=making.letter,
        by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{V1}/letters/{{letter}}/sent", body={}, before=making.rendered),
    Call(method="POST", path=f"{V1}/letters/{{letter}}/scan", body={"content": SCAN}, before=making.rendered),
    Call(method="GET", path=f"{V1}/letters/{{letter}}/scan", before=making.scanned),
    Call(method="GET", path=f"{V1}/register", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/register.xlsx", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/verify/{{code}}", not_by=None),
    # orders of letters
    Call(
        method="POST", path=f"{V1}/letter-orders/check", body={"letter": "st", "category": "FM", "fields": ASSIGNMENT},
        versioned=False, not_by="audit", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/letter-orders", body={"letter": "st", "category": "FM", "fields": ASSIGNMENT},
        versioned=False, status=201, not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/letter-orders", not_by=None),
    Call(method="GET", path=f"{V1}/letter-orders/{{order}}", before=making.letter_order, not_by="sari"),
    Call(method="GET", path=f"{V1}/letter-orders/{{order}}/rows", before=making.letter_order, not_by="sari"),
    # erasures
    Call(
        method="POST", path=f"{CASE}/erasures", body=ASK_ERASURE, case=("FM", "closed"), status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/erasures", not_by=None),
    Call(
        method="GET", path=f"{V1}/erasures/{{erasure}}", before=making.to_erase, case=("FM", "closed"), by="kadis",
        not_by="luarsup",
    ),
    Call(
        method="POST", path=f"{V1}/erasures/{{erasure}}/approve", body={}, before=making.to_erase, case=("FM",
        "closed"), by="kadis", not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/erasures/{{erasure}}/refuse", body={"reason": "Perkaranya masih berjalan."},
        before=making.to_erase, case=("FM", "closed"), by="kadis", not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/erasures/{{erasure}}/withdraw", body={}, before=making.to_erase, case=("FM",
        "closed"), not_by="sari",
    ),
    # audit desk
    Call(method="GET", path=f"{V1}/audit/steps", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(
        method="GET", path=f"{V1}/audit/steps/{{case}}/{{seq}}", before=making.step_taken, by="sari", not_by="luarsup",
    ),
    Call(
        method="POST", path=f"{V1}/audit/steps/{{case}}/{{seq}}/questions", body={"of": "{rina}", "text": "Mengapa?"},
        versioned=False, before=making.step_taken, by="sari", status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/audit/questions", not_by=None),
    Call(method="GET", path=f"{V1}/audit/questions/{{question}}", before=making.questioned, not_by="budi"),
    Call(
        method="POST", path=f"{V1}/audit/questions/{{question}}/answer", body={"text": "Hari itu libur."},
        versioned=False, before=making.questioned, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/audit/questions/{{question}}/close", body={"finding": "in_order"}, versioned=False,
        before=making.questioned_and_answered, by="audit", not_by="rina", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/audit/limits/{{area}}", before=lambda _api, _case: {"area": "6310"}, not_by=None),
    Call(
        method="PUT", path=f"{V1}/audit/limits/{{area}}", body={"limits": {"backdated_days": 5}}, versioned=False,
        before=lambda _api, _case: {"area": "6310"}, by="admin", not_by="sari", refused=NOT_YOURS,
    ),
    # reports and targets
    Call(method="GET", path=f"{V1}/reports", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/reports", body={"month": "2026-01"}, versioned=False, by="kadis", status=201,
        not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/reports/{{report}}", before=making.report_asked, by="audit", not_by="luarsup"),
    Call(
        method="GET", path=f"{V1}/reports/{{report}}/sheet.xlsx", before=making.report_frozen, by="audit",
        not_by="luarsup",
    ),
    Call(
        method="GET", path=f"{V1}/reports/{{report}}/letter.pdf", before=making.report_frozen, by="audit",
        not_by="luarsup",
    ),
    Call(
        method="POST", path=f"{V1}/reports/{{report}}/number", body={}, versioned=False, before=making.report_frozen,
        by="kadis", not_by="audit", refused=NOT_YOURS,
    ),
    Call(method="GET", path=f"{V1}/targets", by="audit", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/targets", body=TARGET, versioned=False, by="sari", status=201, not_by="audit",
        refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/targets/{{target}}/withdraw", body={}, versioned=False, before=making.target,
        by="kadis", not_by="luarsup",
    ),
    # goods
    Call(method="GET", path=f"{V1}/goods", before=warehouse.received, not_by="mitra", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/goods/movements", before=warehouse.received, not_by="mitra", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/goods/movements.xlsx", before=warehouse.received, not_by="mitra", refused=NOT_YOURS),
    Call(path=f"{V1}/goods/items", body=warehouse.ITEM, by="admin", not_by="rina", **KEPT),
    Call(path=f"{V1}/goods/places", body=warehouse.PLACE, by="sari", not_by="rina", **KEPT),
    Call(path=f"{V1}/goods/receipts", body=warehouse.RECEIPT, before=warehouse.kept, by="sari", not_by="rina", **KEPT),
    Call(
        path=f"{V1}/goods/transfers", body=warehouse.TRANSFER, before=warehouse.received, by="sari", not_by="rina",
        **KEPT,
    ),
    Call(path=f"{V1}/goods/counts", body=warehouse.COUNT, before=warehouse.received, by="admin", not_by="rina", **KEPT),
    Call(
        method="POST", path=f"{V1}/goods/movements/{{movement}}/reverse", body={"reason": "Salah catat."},
        versioned=False, before=warehouse.received, by="sari", status=201, not_by="luarsup",
    ),
    Call(method="GET", path=f"{CASE}/deliveries", before=warehouse.delivered),
    Call(
        method="POST", path=f"{CASE}/deliveries", body=warehouse.HANDED, before=warehouse.received, status=201,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/deliveries/{{delivery}}/returns", body=warehouse.BACK, before=warehouse.delivered,
        status=201, not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/deliveries/{{delivery}}/undo", body={"reason": "Kasus lain."},
        before=warehouse.delivered, by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    # helpers and institutions
    Call(method="GET", path=f"{V1}/psks", not_by="mitra", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/psks/report", by="audit", not_by="mitra", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/psks/report.xlsx", by="kadis", not_by="mitra", refused=NOT_YOURS),
    Call(method="GET", path=f"{V1}/psks/unconfirmed", by="sari", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/psks", body=register.PERSON, versioned=False, by="sari", status=201, not_by="rina",
        refused=NOT_YOURS,
    ),
    Call(method="POST", path=f"{V1}/psks/import/check", refused=NOT_YOURS, **register.SHEET),
    Call(method="POST", path=f"{V1}/psks/import", refused=NOT_YOURS, **register.SHEET),
    Call(method="GET", path=f"{V1}/psks/{{helper}}", before=register.helper),
    Call(
        method="PUT", path=f"{V1}/psks/{{helper}}", body=register.CHANGED, versioned=False, before=register.helper,
        by="sari", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/psks/{{helper}}/erase", body={"reason": "request"}, versioned=False,
        before=register.helper, by="admin", not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/psks/{{helper}}/roles", body=register.ROLE, versioned=False,
        before=register.helper, by="sari", status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/psks/roles/{{psks_role}}/end", body={}, versioned=False, before=register.helper,
        by="admin", not_by="luarsup",
    ),
    Call(
        method="POST", path=f"{V1}/psks/confirm", body={"roles": ["{psks_role}"]}, versioned=False,
        before=register.helper, by="sari", not_by="luarsup",
    ),
    Call(
        method="POST", path=f"{V1}/institutions", body=register.HOME, versioned=False, by="admin", status=201,
        not_by="sari", refused=NOT_YOURS,
    ),
    Call(
        method="GET", path=f"{V1}/institutions/{{institution}}", before=register.home, not_by="mitra",
        refused=NOT_YOURS,
    ),
    Call(
        method="PATCH", path=f"{V1}/institutions/{{institution}}", body={"capacity": 3}, versioned=False,
        before=register.home, by="admin", not_by="rina", refused=NOT_YOURS,
    ),
    # office
    Call(method="GET", path=f"{V1}/me", not_by=None),
    Call(method="GET", path=f"{V1}/me/reach", not_by=None),
    Call(method="PUT", path=f"{V1}/me/reach", not_by=None, versioned=False, body={"whatsapp": "0812 3456 7890"}),
    Call(method="GET", path=f"{CASE}/reminders"),
    Call(method="GET", path=f"{V1}/inbox", not_by=None),
    Call(
        method="POST", path=f"{V1}/inbox/{{message}}/read", before=making.message, by="budi", versioned=False, body={},
    ),
    Call(method="GET", path=f"{V1}/institutions", not_by=None),
    Call(method="GET", path=f"{V1}/areas", not_by=None),
    Call(method="GET", path=f"{V1}/categories", not_by=None),
    Call(method="GET", path=f"{V1}/categories/{{code}}", not_by=None),
    # users
    Call(method="GET", path=f"{V1}/users", by="admin", not_by="rina", refused=NOT_YOURS),
    Call(
        method="POST", path=f"{V1}/users", body={"username": "baru", "name": "Baru", **CASEWORKER}, versioned=False,
        by="admin", status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/roles", body=CASEWORKER, versioned=False, before=making.somebody,
        by="admin", status=201, not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/roles/{{grant}}/end", body={}, versioned=False, before=making.granted,
        by="admin", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/deactivate", body={}, versioned=False, before=making.somebody,
        by="admin", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/activate", body={}, versioned=False, before=making.somebody,
        by="admin", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/second-factor/reset", body={}, versioned=False,
        before=making.with_factor, by="admin", not_by="rina", refused=NOT_YOURS,
    ),
    Call(
        method="POST", path=f"{V1}/users/{{user}}/stand-ins", versioned=False, before=making.somebody, by="admin",
        status=201, body={"deputy": "{rina}", "starts_on": "2027-02-10", "ends_on": "2027-02-12"}, not_by="rina",
        refused=NOT_YOURS,
    ),
    # operations
    Call(method="GET", path="/healthz", not_by=None),
    Call(method="GET", path="/readyz", not_by=None),
    Call(method="GET", path="/metrics", by="pusat", not_by="admin"),
]  # fmt: skip


def send(api: Api, call: Call, by: str, ids: Ids) -> Response:
    """Send the request as somebody."""
    known = {"stage": "assessment", "code": "FM", **ids, **api.filled.ids, **api.filled.institutions}
    body = None if call.body is None else {k: _filled(v, known) for k, v in call.body.items()}
    if body is not None and call.versioned:
        body["expected_version"] = api.version(ids["case"])
    return api.by(by).ask(call.method, call.path.format(**known), body, **call.headers)


def _filled(value: object, known: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    return value.format(**known) if isinstance(value, str) else value


@pytest.fixture
def ids(api: Api, call: Call) -> Ids:
    """Return what the call is about."""
    category, state = call.case
    case = api.case(state, category)
    return {"case": case, **call.before(api, case)}


NAMED = (
    "case", "item", "referral", "consent", "placement", "review", "letter", "message", "user", "grant", "erasure",
    "draft", "holder", "member",
)  # fmt: skip
NAMES = [f"{call.method} {call.path.removeprefix(V1)}" for call in CALLS]


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_who_may_is_answered(api: Api, call: Call, ids: Ids) -> None:
    response = send(api, call, call.by, ids)
    assert response.status_code == call.status, response.text


@pytest.mark.parametrize(
    "call", [c for c in CALLS if c.not_by], ids=[n for c, n in zip(CALLS, NAMES, strict=True) if c.not_by]
)
def test_who_may_not_is_refused(api: Api, call: Call, ids: Ids) -> None:
    assert call.not_by is not None
    problem(send(api, call, call.not_by, ids), *call.refused)


@pytest.mark.parametrize(
    "call", [c for c in CALLS if c.path not in (*PUBLIC, "/metrics")], ids=lambda c: f"{c.method} {c.path}"
)
def test_nobody_comes_in_without_a_token(api: Api, call: Call) -> None:
    made = ("order", "seq", "question", "area", "attachment", "report", "target", "conference", "fill", "transfer")
    some = dict.fromkeys((*NAMED, *made, "movement", "delivery", "helper", "psks_role", "institution"), "x")
    path = call.path.format(**some, stage="assessment", code="FM")
    headers = {"Idempotency-Key": "k", "If-Match": "*"} if call.method in WRITES else {}
    response = api.client.request(call.method, path, headers=headers, json=None if call.body is None else {})
    problem(response, 401, "NotAuthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_the_table_misses_no_route(api: Api) -> None:
    described = api.client.get("/api/openapi.json").json()["paths"]
    known = {(call.method, _blank(call.path)) for call in CALLS}
    assert known == {(method.upper(), _blank(path)) for path, item in described.items() for method in item}


def _blank(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
