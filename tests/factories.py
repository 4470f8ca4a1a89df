"""Plain functions that make rows for tests; every argument has a sensible default."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.audience.models import Segment
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.planning.models import Campaign
from campaigns.register.models import Member, Place, Unit
from campaigns.vocabulary import (
    BulletinState,
    CampaignState,
    Category,
    LegalBasis,
    Level,
    Sex,
    Urgency,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_numbers = count(1)


def unit(session: Session, **given: Any) -> Unit:
    """The demo county's federation, with an all-day window and no hold."""
    facts = {
        "place_code": "510522",
        "name": "合江县残联",
        "signature": "合江县残联",
        "landline": "0830-0000000",
        "window_from": 0,
        "window_to": 1440,
        "hold_seconds": 0,
    }
    return _add(session, Unit(**{**facts, **given}))


def places(session: Session) -> None:
    """A county with two townships of two villages each."""
    rows = [
        ("510522", "合江县", Level.COUNTY, None),
        ("510522112", "福宝镇", Level.TOWNSHIP, "510522"),
        ("510522102", "白沙镇", Level.TOWNSHIP, "510522"),
        ("510522112201", "大坪村", Level.VILLAGE, "510522112"),
        ("510522112202", "小河村", Level.VILLAGE, "510522112"),
        ("510522102201", "芦稿村", Level.VILLAGE, "510522102"),
        ("510522102202", "忠孝村", Level.VILLAGE, "510522102"),
    ]
    for code, name, level, parent in rows:
        session.add(Place(code=code, name=name, level=level, parent=parent))
    session.flush()


def member(session: Session, **given: Any) -> Member:
    """An adult with a phone and a physical disability in 大坪村, unless said."""
    n = next(_numbers)
    # The numbers 1400 000 xxxx are for tests that write a number themselves.
    phone = given.pop("phone", f"+861400{1_000_000 + n}")
    guardian = given.pop("guardian_phone", None)
    category = given.pop("category", Category.PHYSICAL)
    facts = {
        "identity": privacy.blind("id", f"test-{n}"),
        "name": f"测试{n}",
        "phone": phone,
        "phone_index": privacy.blind("phone", phone) if phone else None,
        "guardian_phone": guardian,
        "guardian_phone_index": privacy.blind("phone", guardian) if guardian else None,
        "categories": Category(category).bit,
        "certificate_category": int(category),
        "grade": 2,
        "birth_date": date(1970, 1, 1),
        "sex": Sex.FEMALE,
        "township": "510522112",
        "village": "510522112201",
        "legal_basis": LegalBasis.STATUTORY,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return _add(session, Member(**{**facts, **given}))


def segment(session: Session, **given: Any) -> Segment:
    """Everybody."""
    facts = {"name": f"全县{next(_numbers)}", "rule": {}, "made_at": NOW}
    return _add(session, Segment(**{**facts, **given}))


def version(session: Session, **given: Any) -> BulletinVersion:
    """An issued tip without variables."""
    bulletin = _add(session, Bulletin(title="高温防暑", made_by=1, made_at=NOW))
    facts = {
        "bulletin_id": bulletin.id,
        "number": 1,
        "urgency": Urgency.TIP,
        "sms_text": "高温提醒：多喝水，少出门。",
        "spoken_text": "各位乡亲，天气很热，多喝水。",
        "easy_read": ["天热。", "多喝水。"],
        "source": "县气象局",
        "valid_until": date(2027, 12, 31),
        "state": BulletinState.ISSUED,
        "written_by": 1,
        "issued_by": 2,
        "written_at": NOW,
        "issued_at": NOW,
    }
    return _add(session, BulletinVersion(**{**facts, **given}))


def campaign(session: Session, **given: Any) -> Campaign:
    """A running campaign over everybody, due now, through the simulator."""
    facts = {
        "name": "高温提醒",
        "channels": ["sms"],
        "provider": "simulator",
        "urgency": Urgency.TIP,
        "status": CampaignState.RUNNING,
        "due_at": NOW,
        "send_before": NOW + timedelta(hours=8),
        "window_from": 0,
        "window_to": 1440,
        "made_by": 1,
        "made_at": NOW,
        "approved_by": 2,
        "approved_at": NOW,
    }
    facts.update(given)
    facts.setdefault("version_id", None)
    if facts["version_id"] is None:
        facts["version_id"] = version(session).id
    if "segment_id" not in facts:
        facts["segment_id"] = segment(session).id
    return _add(session, Campaign(**facts))


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
