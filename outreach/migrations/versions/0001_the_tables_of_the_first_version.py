"""The tables of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "alarm",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("well_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarm")),
    )
    op.create_table(
        "balance",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_balance")),
    )
    op.create_table(
        "attempt",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attempt_message_id"), ["message_id"], unique=False
        )

    op.create_table(
        "audit",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=24), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("before", name=op.f("uq_audit_before")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_subject"), ["subject"], unique=False)
    _keep_the_audit()

    op.create_table(
        "bulletin",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("library_id", sa.String(length=8), nullable=True),
        sa.Column("categories", sa.SmallInteger(), nullable=False),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "duty",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duty")),
    )
    op.create_table(
        "import",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("legal_basis", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "confirmed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("imported_at", sa.BigInteger(), nullable=True),
        sa.Column("undo_reason", sa.LargeBinary(), nullable=True),
        sa.Column(
            "undo_asked_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("undo_asked_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "undone_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "undone_by IS NULL OR undone_by <> undo_asked_by",
            name=op.f("ck_import_two"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_file_hash"), ["file_hash"], unique=False
        )

    op.create_table(
        "incident",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("told", sa.String(length=60), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "recorded_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_unit"), ["unit"], unique=False)

    op.create_table(
        "line",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.Column("gap_us", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.BigInteger(), nullable=True),
        sa.Column("penalty", sa.Integer(), nullable=False),
        sa.Column("slowed_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_line")),
    )
    op.create_table(
        "consent_note",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("said", sa.String(length=24), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_note")),
    )
    with op.batch_alter_table("consent_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_note_member_id"), ["member_id"], unique=False
        )

    op.create_table(
        "member",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_name", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_relation", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_phone", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_known_index", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_noticed_index", sa.LargeBinary(), nullable=True),
        sa.Column("other_phones", sa.LargeBinary(), nullable=True),
        sa.Column("categories", sa.SmallInteger(), nullable=False),
        sa.Column("certificate_category", sa.SmallInteger(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=24), nullable=True),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("living_alone", sa.Boolean(), nullable=False),
        sa.Column("chronic_illness", sa.Boolean(), nullable=False),
        sa.Column("reads_aloud", sa.Boolean(), nullable=False),
        sa.Column("number_status", sa.String(length=24), nullable=False),
        sa.Column("legal_basis", sa.String(length=24), nullable=False),
        sa.Column("tips_basis", sa.String(length=24), nullable=True),
        sa.Column("preference", sa.String(length=24), nullable=False),
        sa.Column("guardian_copy", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column(
            "import_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("identity", name=op.f("uq_member_identity")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_member_guardian_phone_index"),
            ["guardian_phone_index"],
            unique=False,
        )
        batch_op.create_index(
            "member_namesakes",
            ["name_index", "township", "status", "birth_date", "provisional"],
            unique=False,
        )
        batch_op.create_index(
            "member_phone_mates",
            ["phone_index", "township", "status", "birth_date", "name_index"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_member_village"), ["village"], unique=False
        )
        batch_op.create_index(
            "member_guardian_new",
            [
                "guardian_known_index",
                "guardian_phone_index",
                "guardian_noticed_index",
                "phone_index",
                "status",
                "township",
                "village",
                "categories",
            ],
            unique=False,
            sqlite_where=sa.text(
                "guardian_phone_index IS NOT NULL AND (guardian_known_index IS NULL "
                "OR guardian_known_index != guardian_phone_index)"
            ),
            postgresql_where=sa.text(
                "guardian_phone_index IS NOT NULL AND (guardian_known_index IS NULL "
                "OR guardian_known_index != guardian_phone_index)"
            ),
        )
        batch_op.create_index(
            "member_audience",
            [
                "township",
                "village",
                "certificate_category",
                "categories",
                "grade",
                "birth_date",
                "sex",
                "living_alone",
                "chronic_illness",
                "reads_aloud",
                "status",
                "legal_basis",
                "tips_basis",
                "preference",
                "guardian_copy",
                "number_status",
                "phone_index",
                "guardian_phone_index",
            ],
            unique=False,
        )

    op.create_table(
        "departure",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("was", sa.String(length=24), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column(
            "reported_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=True),
        sa.Column(
            "settled_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_departure_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    with op.batch_alter_table("departure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_departure_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index(
            "departure_one_waits",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "duplicate",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "other_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("refusals", sa.JSON(), nullable=False),
        sa.Column(
            "after_message",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "decided_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_duplicate_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["member.id"], name=op.f("fk_duplicate_other_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate")),
    )
    with op.batch_alter_table("duplicate", schema=None) as batch_op:
        batch_op.create_index("duplicate_pair", ["member_id", "other_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_duplicate_other_id"), ["other_id"], unique=False
        )

    op.create_table(
        "once_key",
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once_key")),
    )
    with op.batch_alter_table("once_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_once_key_used_at"), ["used_at"], unique=False
        )

    op.create_table(
        "opt_out",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column(
            "recorded_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("to_ask", sa.Boolean(), nullable=False),
        sa.Column("lift_evidence", sa.LargeBinary(), nullable=True),
        sa.Column(
            "lift_asked_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("lift_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "lifted_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("opt_out", schema=None) as batch_op:
        batch_op.create_index("opt_out_phone", ["phone_index"], unique=False)

    op.create_table(
        "organisation",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("township", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("in_charge", sa.LargeBinary(), nullable=True),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "place",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("parent", sa.String(length=20), nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("duty_name", sa.LargeBinary(), nullable=True),
        sa.Column("duty_phone", sa.LargeBinary(), nullable=True),
        sa.Column("second_name", sa.LargeBinary(), nullable=True),
        sa.Column("second_phone", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_parent"), ["parent"], unique=False)

    op.create_table(
        "progress",
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("submitted", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "at", name=op.f("pk_progress")),
    )
    op.create_table(
        "pronunciation",
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("reading", sa.String(length=120), nullable=False),
        sa.Column(
            "set_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_pronunciation")),
    )
    op.create_table(
        "quiet_time",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("begins", sa.SmallInteger(), nullable=False),
        sa.Column("ends", sa.SmallInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_time")),
    )
    with op.batch_alter_table("quiet_time", schema=None) as batch_op:
        batch_op.create_index("quiet_time_day", ["day", "place"], unique=False)

    op.create_table(
        "receipt",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_ref", sa.String(length=80), nullable=True),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("provider_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("report", name=op.f("uq_receipt_report")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index("receipt_message", ["message_id"], unique=False)
        batch_op.create_index(
            "receipt_strange",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text(
                "result IN ('unmatched', 'other_number', 'other_sending', 'closed')"
            ),
            postgresql_where=sa.text(
                "result IN ('unmatched', 'other_number', 'other_sending', 'closed')"
            ),
        )
        batch_op.create_index(
            "receipt_waiting",
            ["retry_at", "id"],
            unique=False,
            sqlite_where=sa.text("applied_at IS NULL"),
            postgresql_where=sa.text("applied_at IS NULL"),
        )

    op.create_table(
        "reply",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_ref", sa.String(length=80), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("emptied_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("wish", sa.String(length=24), nullable=False),
        sa.Column("township", sa.String(length=20), nullable=True),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("held_by", sa.String(length=24), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "entered_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "opened_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "closed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint(
            "provider", "provider_ref", name=op.f("uq_reply_provider_provider_ref")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reply_phone_index"), ["phone_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reply_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reply_campaign_id"), ["campaign_id"], unique=False
        )
        batch_op.create_index(
            "reply_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "report_reminder",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.String(length=12), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reminder")),
        sa.UniqueConstraint(
            "unit", "day", "hour", name=op.f("uq_report_reminder_unit_day_hour")
        ),
    )
    op.create_table(
        "response_period",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "opened_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_period")),
    )
    op.create_table(
        "segment",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("standard", sa.Boolean(), nullable=False),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("name", name=op.f("uq_segment_name")),
    )
    op.create_table(
        "segment_size",
        sa.Column(
            "segment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("categories", sa.SmallInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reachable", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["segment.id"],
            name=op.f("fk_segment_size_segment_id_segment"),
        ),
        sa.PrimaryKeyConstraint(
            "segment_id", "place", "categories", name=op.f("pk_segment_size")
        ),
    )
    op.create_table(
        "sensitive_word",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_word")),
        sa.UniqueConstraint("word", name=op.f("uq_sensitive_word_word")),
    )
    op.create_table(
        "tally",
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "township",
            "category",
            "channel",
            "state",
            "reason",
            name=op.f("pk_tally"),
        ),
    )
    op.create_table(
        "tally_delta",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_delta")),
    )
    with op.batch_alter_table("tally_delta", schema=None) as batch_op:
        batch_op.create_index("tally_delta_campaign", ["campaign_id"], unique=False)

    op.create_table(
        "unit",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("signature", sa.String(length=12), nullable=False),
        sa.Column("landline", sa.String(length=20), nullable=False),
        sa.Column("text_phone", sa.String(length=20), nullable=False),
        sa.Column("part_price", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.SmallInteger(), nullable=False),
        sa.Column("window_to", sa.SmallInteger(), nullable=False),
        sa.Column("hold_seconds", sa.Integer(), nullable=False),
        sa.Column("asked_from", sa.SmallInteger(), nullable=True),
        sa.Column("asked_to", sa.SmallInteger(), nullable=True),
        sa.Column("asked_hold", sa.Integer(), nullable=True),
        sa.Column(
            "asked_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("lone_hold_hours", sa.SmallInteger(), nullable=False),
        sa.Column("practice_since", sa.BigInteger(), nullable=True),
        sa.Column(
            "practised_to",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_table(
        "user_account",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("shown_as", sa.String(length=60), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("password_at", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text_size", sa.String(length=8), nullable=False),
        sa.Column("contrast", sa.String(length=8), nullable=False),
        sa.Column("background", sa.String(length=8), nullable=False),
        sa.Column("less_motion", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("signed_in_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "bulletin_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "bulletin_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("urgency", sa.String(length=24), nullable=False),
        sa.Column("sms_text", sa.Text(), nullable=False),
        sa.Column("spoken_text", sa.Text(), nullable=False),
        sa.Column("easy_read", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("issue_number", sa.String(length=20), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("voice", sa.String(length=20), nullable=False),
        sa.Column("recording", sa.String(length=64), nullable=True),
        sa.Column("heard_by", sa.String(length=60), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("call_heard_by", sa.String(length=60), nullable=True),
        sa.Column("call_heard_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "written_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column(
            "reviewed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "issued_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulletin_id"],
            ["bulletin.id"],
            name=op.f("fk_bulletin_version_bulletin_id_bulletin"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_version")),
        sa.UniqueConstraint(
            "bulletin_id", "number", name=op.f("uq_bulletin_version_bulletin_id_number")
        ),
        sa.UniqueConstraint(
            "issue_number", name=op.f("uq_bulletin_version_issue_number")
        ),
    )
    op.create_table(
        "daily_report",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "period_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("zero", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("late", sa.JSON(), nullable=False),
        sa.Column("total", sa.JSON(), nullable=False),
        sa.Column("own", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("lower", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes_late", sa.Integer(), nullable=False),
        sa.Column("excuse", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("called_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "filed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "returned_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["response_period.id"],
            name=op.f("fk_daily_report_period_id_response_period"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_report")),
        sa.UniqueConstraint(
            "unit", "day", "version", name=op.f("uq_daily_report_unit_day_version")
        ),
    )
    with op.batch_alter_table("daily_report", schema=None) as batch_op:
        batch_op.create_index("daily_report_day", ["day", "unit"], unique=False)

    op.create_table(
        "import_row",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "import_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("values", sa.LargeBinary(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("undone", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_row_import_id_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint(
            "import_id", "row_number", name=op.f("uq_import_row_import_id_row_number")
        ),
    )
    op.create_table(
        "user_grant",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("categories", sa.SmallInteger(), nullable=False),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "proposed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column(
            "confirmed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by",
            name=op.f("ck_user_grant_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_user_grant_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_grant")),
    )
    op.create_table(
        "campaign",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "version_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "segment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("send_before", sa.BigInteger(), nullable=False),
        sa.Column("window_from", sa.SmallInteger(), nullable=False),
        sa.Column("window_to", sa.SmallInteger(), nullable=False),
        sa.Column("resend_absent", sa.Boolean(), nullable=False),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "submitted_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "approved_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("launched_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=True),
        sa.Column("recording_error", sa.Text(), nullable=True),
        sa.Column("call_clips", sa.JSON(), nullable=False),
        sa.Column("calls_ready_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
        sa.Column("visits_opened_at", sa.BigInteger(), nullable=True),
        sa.Column("numbers_read_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "released_alone_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "countersigned_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("countersigned_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "follows_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("follows", sa.String(length=24), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column(
            "moved_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("moved_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> made_by",
            name=op.f("ck_campaign_two_people"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> submitted_by",
            name=op.f("ck_campaign_other_hands"),
        ),
        sa.CheckConstraint(
            "countersigned_by IS NULL OR countersigned_by <> released_alone_by",
            name=op.f("ck_campaign_countersigned"),
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_follows_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_campaign_segment_id_segment")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bulletin_version.id"],
            name=op.f("fk_campaign_version_id_bulletin_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index("campaign_status", ["status", "due_at"], unique=False)

    op.create_table(
        "api_token",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "grant_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["user_grant.id"],
            name=op.f("fk_api_token_grant_id_user_grant"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_api_token_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token", name=op.f("uq_api_token_token")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "sign_in",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "grant_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("proved_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["user_grant.id"], name=op.f("fk_sign_in_grant_id_user_grant")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token", name=op.f("uq_sign_in_token")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "foreign_route",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column(
            "proposed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "confirmed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "ended_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by <> proposed_by", name=op.f("ck_foreign_route_two_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foreign_route")),
    )

    op.create_table(
        "standing_permission",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("categories", sa.SmallInteger(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column(
            "proposed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "confirmed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "ended_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by <> proposed_by",
            name=op.f("ck_standing_permission_two_people"),
        ),
        sa.CheckConstraint(
            "quota > 0 AND categories > 0",
            name=op.f("ck_standing_permission_bounded"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_permission")),
    )

    op.create_table(
        "approval",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "phone",
                "paper",
                "alone",
                "permission",
                name="approvalway",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "approver_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "entered_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("signer", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("scan", sa.LargeBinary(), nullable=True),
        sa.Column("scan_kind", sa.String(length=20), nullable=False),
        sa.Column(
            "permission_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "way <> 'paper' OR number <> '' OR scan IS NOT NULL",
            name=op.f("ck_approval_evidence"),
        ),
        sa.CheckConstraint(
            "(way = 'permission') = (permission_id IS NOT NULL)",
            name=op.f("ck_approval_by_permission"),
        ),
        sa.CheckConstraint(
            "way <> 'phone' OR approver_id IS NOT NULL",
            name=op.f("ck_approval_somebody_agreed"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_approval_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["standing_permission.id"],
            name=op.f("fk_approval_permission_id_standing_permission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_approval_campaign_id"), ["campaign_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_approval_permission_id"), ["permission_id"], unique=False
        )

    op.create_table(
        "kept_form",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("page", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_kept_form_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_kept_form")),
    )

    op.create_table(
        "invitation",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "second_step",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("used_step", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column(
            "reset_asked_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("reset_asked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "reset_asked_by IS NULL OR reset_asked_by <> user_id",
            name=op.f("ck_second_step_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_second_step_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "sheet_code",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sheet_code_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_code")),
        sa.UniqueConstraint("user_id", "code", name=op.f("uq_sheet_code_user_id_code")),
    )

    op.create_table(
        "announcement",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("clip", sa.String(length=64), nullable=True),
        sa.Column("clip_facts", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(length=120), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", sa.BigInteger(), nullable=True),
        sa.Column("alerted_at", sa.BigInteger(), nullable=True),
        sa.Column("downloaded_at", sa.BigInteger(), nullable=True),
        sa.Column("played_at", sa.BigInteger(), nullable=True),
        sa.Column("plays", sa.SmallInteger(), nullable=False),
        sa.Column("missed_reason", sa.String(length=24), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("rung", sa.SmallInteger(), nullable=False),
        sa.Column("rung_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("village_signed", sa.String(length=60), nullable=True),
        sa.Column("village_signed_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "signed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_announcement_campaign_id_campaign"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint(
            "campaign_id", "village", name=op.f("uq_announcement_campaign_id_village")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index("announcement_place", ["village"], unique=False)

    op.create_table(
        "message",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("addressee", sa.String(length=24), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column(
            "carried_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("was", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("was_reason", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.String(length=20), nullable=True),
        sa.Column("provider_ref", sa.String(length=80), nullable=True),
        sa.Column(
            "portal_batch_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("parts", sa.SmallInteger(), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("asked", sa.SmallInteger(), nullable=False),
        sa.Column("polled", sa.SmallInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "message_batch",
            ["portal_batch_id"],
            unique=False,
            sqlite_where=sa.text("portal_batch_id IS NOT NULL"),
            postgresql_where=sa.text("portal_batch_id IS NOT NULL"),
        )
        batch_op.create_index(
            "message_pressed",
            ["finished_at"],
            unique=False,
            sqlite_where=sa.text("reason = 'met'"),
            postgresql_where=sa.text("reason = 'met'"),
        )
        batch_op.create_index(
            "message_carried_by",
            ["carried_by"],
            unique=False,
            sqlite_where=sa.text("carried_by IS NOT NULL"),
            postgresql_where=sa.text("carried_by IS NOT NULL"),
        )
        batch_op.create_index(
            "message_doubted",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 11"),
            postgresql_where=sa.text("state = 11"),
        )
        batch_op.create_index(
            "message_due",
            ["campaign_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 0"),
            postgresql_where=sa.text("state = 0"),
        )
        batch_op.create_index(
            "message_leased",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 10"),
            postgresql_where=sa.text("state = 10"),
        )
        batch_op.create_index(
            "message_one_per_addressee",
            ["campaign_id", "member_id", "channel", "addressee"],
            unique=True,
        )
        batch_op.create_index(
            "message_one_per_phone",
            ["campaign_id", "channel", "phone_index"],
            unique=True,
            sqlite_where=sa.text("state <> 91"),
            postgresql_where=sa.text("state <> 91"),
        )
        batch_op.create_index(
            "message_reference",
            ["provider_ref"],
            unique=False,
            sqlite_where=sa.text("provider = 'mas'"),
            postgresql_where=sa.text("provider = 'mas'"),
        )
        batch_op.create_index(
            "message_open_phone",
            ["phone_index"],
            unique=False,
            sqlite_where=sa.text("state IN (0, 10, 11)"),
            postgresql_where=sa.text("state IN (0, 10, 11)"),
        )

    op.create_table(
        "portal_batch",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("portal_number", sa.String(length=60), nullable=True),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column(
            "made_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("downloaded_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "submitted_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_portal_batch_campaign_id_campaign"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_batch")),
    )
    op.create_table(
        "recipient",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("best", sa.SmallInteger(), nullable=False),
        sa.Column("was", sa.SmallInteger(), nullable=False),
        sa.Column("suits", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("was_reason", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint(
            "campaign_id", "member_id", name=op.f("uq_recipient_campaign_id_member_id")
        ),
    )
    with op.batch_alter_table("recipient", schema=None) as batch_op:
        batch_op.create_index(
            "recipient_missed",
            ["campaign_id", "id"],
            unique=False,
            sqlite_where=sa.text("best < 0 OR best = 50"),
            postgresql_where=sa.text("best < 0 OR best = 50"),
        )
    op.create_table(
        "announcement_log",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "announcement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("deed", sa.String(length=24), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_log_announcement_id_announcement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_log")),
    )
    op.create_table(
        "number_record",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("says", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("strikes", sa.SmallInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_number_record")),
    )
    op.create_table(
        "visit",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.Column(
            "assigned_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("assigned_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "closed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_visit_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("visit_closed", ["closed_at"], unique=False)
        batch_op.create_index(
            "visit_one_open",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "visit_open_place",
            ["township", "village"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "need",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "visit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("passed_to", sa.String(length=60), nullable=True),
        sa.Column("passed_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "raised_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "closed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_need_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_need_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_need_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index(
            "need_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index("need_raised", ["raised_at"], unique=False)

    op.create_table(
        "visit_try",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "visit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("township", sa.String(length=20), nullable=False),
        sa.Column("village", sa.String(length=20), nullable=True),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("new_phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_of", sa.String(length=24), nullable=False),
        sa.Column("taken_over_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_visit_try_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_try_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_try")),
    )
    with op.batch_alter_table("visit_try", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_try_visit_id"), ["visit_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_try_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index("visit_try_at", ["at"], unique=False)

    op.create_table(
        "visit_missed",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "visit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "member_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_visit_missed_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_visit_missed_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_missed_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_missed")),
        sa.UniqueConstraint(
            "campaign_id",
            "member_id",
            name=op.f("uq_visit_missed_campaign_id_member_id"),
        ),
    )
    with op.batch_alter_table("visit_missed", schema=None) as batch_op:
        batch_op.create_index("visit_missed_visit", ["visit_id"], unique=False)

    op.create_table(
        "carrier_template",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "noted_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "provider", "text_hash", name=op.f("pk_carrier_template")
        ),
    )
    op.create_table(
        "resend",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "asked_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "agreed_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> asked_by", name=op.f("ck_resend_two")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_resend_campaign_id_campaign"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resend")),
    )
    with op.batch_alter_table("resend", schema=None) as batch_op:
        batch_op.create_index("resend_campaign", ["campaign_id"])
    op.create_table(
        "trial",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "version_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bulletin_version.id"],
            name=op.f("fk_trial_version_id_bulletin_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_trial_user_id"), "trial", ["user_id"])
    _keep_and_forget()
    _guard_the_rows()


def _keep_and_forget() -> None:
    """How long each kind is kept, who is forgotten, which lists were taken out."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "keeping",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("proposed_days", sa.Integer(), nullable=True),
        sa.Column("proposed_by", key, nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=True),
        sa.Column("agreed_by", key, nullable=True),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> proposed_by", name=op.f("ck_keeping_two")
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_keeping")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", key, nullable=False),
        sa.Column("member_id", key, nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("member_since", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", key, nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_by", key, nullable=True),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> asked_by", name=op.f("ck_erasure_two")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_erasure_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_member_id"), "erasure", ["member_id"])
    op.create_table(
        "export",
        sa.Column("id", key, nullable=False),
        sa.Column("unmasked", sa.Boolean(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("categories", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("made_by", key, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("agreed_by", key, nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> made_by", name=op.f("ck_export_two")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["user_account.id"],
            name=op.f("fk_export_made_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_export_made_by"), "export", ["made_by"])


def _keep_the_audit() -> None:
    """Nobody changes a deed, nor takes one out: the database itself refuses."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
    )


_ONE_PERSONS = (
    "consent_note",
    "departure",
    "duplicate",
    "erasure",
    "message",
    "need",
    "recipient",
    "visit",
    "visit_missed",
    "visit_try",
)
"""Tables whose rows each belong to one person on the register."""

_PLACES = "(SELECT nullif(current_setting('app.places', true), ''))::text[]"
_CATEGORIES = "(SELECT nullif(current_setting('app.categories', true), '')::int)"
_COUNTY = (
    "(SELECT coalesce(bool_or(length(place) <= 7), false) FROM "
    "unnest(nullif(current_setting('app.places', true), '')::text[]) AS place)"
)
"""Whether a reader sees a whole county: six digits and the sign for what follows."""

_HERE = f"(township LIKE ANY ({_PLACES}) OR village LIKE ANY ({_PLACES}))"
_BEHIND = (
    "EXISTS (SELECT FROM member AS m WHERE m.phone_index = {0}.phone_index) OR "
    "EXISTS (SELECT FROM member AS m WHERE m.guardian_phone_index = {0}.phone_index)"
)
_SEEN = "EXISTS (SELECT FROM member AS m WHERE m.id = member_id)"
_POLICIES = {
    "member": f"{_HERE} AND ({_CATEGORIES} = 0 OR categories & {_CATEGORIES} <> 0)",
    "reply": (
        f"({_HERE} OR township IS NULL AND {_COUNTY}) AND "
        f"({_CATEGORIES} = 0 OR {_BEHIND.format('reply')})"
    ),
    "opt_out": (
        f"{_CATEGORIES} = 0 AND {_COUNTY} OR {_SEEN} OR {_BEHIND.format('opt_out')}"
    ),
    "import_row": _COUNTY,
    **dict.fromkeys(_ONE_PERSONS, _SEEN),
    "message": f"{_SEEN} OR member_id IS NULL AND {_COUNTY}",
}
"""Which rows a session of the web sees: what its two settings name, else none.

A policy that asks for a member is itself under that table's policy. A message without
one tells a village's duty people. What is true of every row stands first in the one
about refusals, so that a reader of the whole county looks nobody up.
"""


def _guard_the_rows() -> None:
    """PostgreSQL itself keeps each reader to their people, beside our own conditions.

    The web's role sees what a transaction names; the worker's, and the owner as one of
    its members, sees every row: for them the condition is true and costs nothing.
    """
    if op.get_bind().dialect.name == "sqlite":
        return
    for role in ("outreach_web", "outreach_worker"):
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role}; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    op.execute("GRANT outreach_worker TO CURRENT_USER")
    for table, condition in _POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY named ON {table} USING ({condition})")
        op.execute(f"CREATE POLICY whole ON {table} TO outreach_worker USING (true)")
    both = "TO outreach_web, outreach_worker"
    rows = "SELECT, INSERT, UPDATE, DELETE ON"
    op.execute(f"GRANT {rows} ALL TABLES IN SCHEMA public {both}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public {both}")
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT"
    op.execute(f"{later} {rows.removesuffix('ON')} ON TABLES {both}")
    op.execute(f"{later} USAGE, SELECT ON SEQUENCES {both}")
    op.execute("REVOKE UPDATE, DELETE ON audit FROM outreach_web, outreach_worker")
    # A deed is appended behind a lock on the last, which asks for the right to one
    # column; the trigger refuses the change itself.
    op.execute(f"GRANT UPDATE (id) ON audit {both}")
    op.execute(
        "REVOKE INSERT, UPDATE, DELETE ON alembic_version "
        "FROM outreach_web, outreach_worker"
    )


def _open_the_rows() -> None:
    """Take the policies away, so that tables can go in any order; the roles stay."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in _POLICIES:
        op.execute(f"DROP POLICY named ON {table}")
        op.execute(f"DROP POLICY whole ON {table}")
    for kind in ("TABLES", "SEQUENCES"):
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {kind} "
            "FROM outreach_web, outreach_worker"
        )


def downgrade() -> None:
    """Step back."""
    _open_the_rows()
    op.drop_index(op.f("ix_export_made_by"), "export")
    op.drop_table("export")
    op.drop_index(op.f("ix_erasure_member_id"), "erasure")
    op.drop_table("erasure")
    op.drop_table("keeping")
    op.drop_index(op.f("ix_trial_user_id"), "trial")
    op.drop_table("trial")
    op.drop_table("resend")
    op.drop_table("carrier_template")
    op.drop_table("visit_missed")
    op.drop_table("visit_try")
    op.drop_table("need")
    op.drop_table("visit")
    op.drop_table("number_record")
    op.drop_table("announcement_log")
    op.drop_table("recipient")
    op.drop_table("portal_batch")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("message_reference")
        batch_op.drop_index(
            "message_open_phone",
            sqlite_where=sa.text("state IN (0, 10, 11)"),
            postgresql_where=sa.text("state IN (0, 10, 11)"),
        )
        batch_op.drop_index(
            "message_one_per_phone",
            sqlite_where=sa.text("state <> 91"),
            postgresql_where=sa.text("state <> 91"),
        )
        batch_op.drop_index("message_one_per_addressee")
        batch_op.drop_index(
            "message_leased",
            sqlite_where=sa.text("state = 10"),
            postgresql_where=sa.text("state = 10"),
        )
        batch_op.drop_index(
            "message_due",
            sqlite_where=sa.text("state = 0"),
            postgresql_where=sa.text("state = 0"),
        )
        batch_op.drop_index(
            "message_doubted",
            sqlite_where=sa.text("state = 11"),
            postgresql_where=sa.text("state = 11"),
        )
        batch_op.drop_index(
            "message_carried_by",
            sqlite_where=sa.text("carried_by IS NOT NULL"),
            postgresql_where=sa.text("carried_by IS NOT NULL"),
        )
        batch_op.drop_index(
            "message_pressed",
            sqlite_where=sa.text("reason = 'met'"),
            postgresql_where=sa.text("reason = 'met'"),
        )
        batch_op.drop_index(
            "message_batch",
            sqlite_where=sa.text("portal_batch_id IS NOT NULL"),
            postgresql_where=sa.text("portal_batch_id IS NOT NULL"),
        )

    op.drop_table("message")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index("announcement_place")

    op.drop_table("announcement")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
    op.drop_table("sheet_code")
    op.drop_table("second_step")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_user_id"))

    op.drop_table("invitation")
    op.drop_table("kept_form")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approval_permission_id"))
        batch_op.drop_index(batch_op.f("ix_approval_campaign_id"))

    op.drop_table("approval")
    op.drop_table("standing_permission")
    op.drop_table("foreign_route")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index("campaign_status")

    op.drop_table("campaign")
    op.drop_table("user_grant")
    op.drop_table("import_row")
    with op.batch_alter_table("daily_report", schema=None) as batch_op:
        batch_op.drop_index("daily_report_day")

    op.drop_table("daily_report")
    op.drop_table("bulletin_version")
    op.drop_table("user_account")
    op.drop_table("unit")
    with op.batch_alter_table("tally_delta", schema=None) as batch_op:
        batch_op.drop_index("tally_delta_campaign")

    op.drop_table("tally_delta")
    op.drop_table("tally")
    op.drop_table("sensitive_word")
    op.drop_table("segment_size")
    op.drop_table("segment")
    op.drop_table("response_period")
    op.drop_table("report_reminder")
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.drop_index(
            "reply_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_reply_campaign_id"))
        batch_op.drop_index(batch_op.f("ix_reply_member_id"))
        batch_op.drop_index(batch_op.f("ix_reply_phone_index"))

    op.drop_table("reply")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index("receipt_strange")
        batch_op.drop_index(
            "receipt_waiting",
            sqlite_where=sa.text("applied_at IS NULL"),
            postgresql_where=sa.text("applied_at IS NULL"),
        )
        batch_op.drop_index("receipt_message")

    op.drop_table("receipt")
    with op.batch_alter_table("quiet_time", schema=None) as batch_op:
        batch_op.drop_index("quiet_time_day")

    op.drop_table("quiet_time")
    op.drop_table("pronunciation")
    op.drop_table("progress")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_parent"))

    op.drop_table("place")
    op.drop_table("organisation")
    with op.batch_alter_table("opt_out", schema=None) as batch_op:
        batch_op.drop_index("opt_out_phone")

    op.drop_table("opt_out")
    with op.batch_alter_table("once_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_once_key_used_at"))

    op.drop_table("once_key")
    with op.batch_alter_table("duplicate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_other_id"))
        batch_op.drop_index("duplicate_pair")

    op.drop_table("duplicate")
    with op.batch_alter_table("departure", schema=None) as batch_op:
        batch_op.drop_index(
            "departure_one_waits",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_departure_member_id"))

    op.drop_table("departure")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index("member_audience")
        batch_op.drop_index("member_guardian_new")
        batch_op.drop_index(batch_op.f("ix_member_village"))
        batch_op.drop_index("member_phone_mates")
        batch_op.drop_index("member_namesakes")
        batch_op.drop_index(batch_op.f("ix_member_guardian_phone_index"))

    op.drop_table("member")
    with op.batch_alter_table("consent_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_note_member_id"))

    op.drop_table("consent_note")
    op.drop_table("line")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_unit"))

    op.drop_table("incident")
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_file_hash"))

    op.drop_table("import")
    op.drop_table("duty")
    op.drop_table("bulletin")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_subject"))
        batch_op.drop_index(batch_op.f("ix_audit_action"))

    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_is_kept()")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_message_id"))

    op.drop_table("attempt")
    op.drop_table("balance")
    op.drop_table("alarm")
