"""The schema, one for SQLite and PostgreSQL. "sealed" columns hold JSON encrypted under the subject's key."""

from caseflow.store.tables.attachment import attachment
from caseflow.store.tables.audit import audit_question
from caseflow.store.tables.base import metadata
from caseflow.store.tables.bulk import letter_batch, letter_batch_row
from caseflow.store.tables.case import (
    case_file,
    case_team,
    consent,
    counter,
    definition,
    definition_map,
    file,
    letter,
    placement,
    placement_review,
    plan_item,
    referral,
    review,
    stage_record,
    stage_revision,
    visit,
)
from caseflow.store.tables.conference import conference
from caseflow.store.tables.due import delivery, inbox, job, obligation, obligation_event
from caseflow.store.tables.entering import recovery_code, second_factor
from caseflow.store.tables.goods import goods_delivery, goods_item, goods_movement, goods_place, goods_stock
from caseflow.store.tables.initials import letter_draft, letter_initial, post_holder
from caseflow.store.tables.instrument import instrument_decision, instrument_fill, instrument_version
from caseflow.store.tables.log import APPEND_ONLY, access_entry, case_entry, idempotency, payload
from caseflow.store.tables.office import (
    api_token,
    area,
    institution,
    office,
    office_day,
    role_grant,
    signatory_post,
    stand_in,
    user_account,
    web_session,
)
from caseflow.store.tables.psks import psks_person, psks_role
from caseflow.store.tables.reach import reach
from caseflow.store.tables.registry import registry_check
from caseflow.store.tables.repeats import job_tally, schedule
from caseflow.store.tables.report import monthly_report, report_file, target
from caseflow.store.tables.subjects import erasure, group_member, household, household_member, name_key, person, subject
from caseflow.store.tables.transfer import transfer
from caseflow.store.tables.tree import checkpoint_copy, log_checkpoint, log_leaf, log_pending, log_subtree

__all__ = [
    "APPEND_ONLY",
    "access_entry",
    "api_token",
    "area",
    "attachment",
    "audit_question",
    "case_entry",
    "case_file",
    "case_team",
    "checkpoint_copy",
    "conference",
    "consent",
    "counter",
    "definition",
    "definition_map",
    "delivery",
    "erasure",
    "file",
    "goods_delivery",
    "goods_item",
    "goods_movement",
    "goods_place",
    "goods_stock",
    "group_member",
    "household",
    "household_member",
    "idempotency",
    "inbox",
    "institution",
    "instrument_decision",
    "instrument_fill",
    "instrument_version",
    "job",
    "job_tally",
    "letter",
    "letter_batch",
    "letter_batch_row",
    "letter_draft",
    "letter_initial",
    "log_checkpoint",
    "log_leaf",
    "log_pending",
    "log_subtree",
    "metadata",
    "monthly_report",
    "name_key",
    "obligation",
    "obligation_event",
    "office",
    "office_day",
    "payload",
    "person",
    "placement",
    "placement_review",
    "plan_item",
    "post_holder",
    "psks_person",
    "psks_role",
    "reach",
    "recovery_code",
    "referral",
    "registry_check",
    "report_file",
    "review",
    "role_grant",
    "schedule",
    "second_factor",
    "signatory_post",
    "stage_record",
    "stage_revision",
    "stand_in",
    "subject",
    "target",
    "transfer",
    "user_account",
    "visit",
    "web_session",
]
