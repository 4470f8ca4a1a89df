"""Imports every table, so that migrations and tests see them all."""

from __future__ import annotations

from campaigns.audience import models as audience
from campaigns.bulletins import models as bulletins
from campaigns.bulletins import sensitive
from campaigns.delivery import models as delivery
from campaigns.delivery import trials
from campaigns.fieldwork import models as fieldwork
from campaigns.fieldwork import visit_models as visits
from campaigns.planning import models as planning
from campaigns.register import (
    consent,
    departures,
    duplicates,
    erasures,
    import_models,
    keeping,
    number_records,
    organisations,
)
from campaigns.register import models as register
from campaigns.reporting import models as reporting
from campaigns.reporting.daily import models as daily
from outreach import (
    accounts,
    alarms,
    audit,
    balances,
    exports,
    invitations,
    kept_form,
    once,
    second_step,
    sign_ins,
    tokens,
)

__all__ = [
    "accounts",
    "alarms",
    "audience",
    "audit",
    "balances",
    "bulletins",
    "consent",
    "daily",
    "delivery",
    "departures",
    "duplicates",
    "erasures",
    "exports",
    "fieldwork",
    "import_models",
    "invitations",
    "keeping",
    "kept_form",
    "number_records",
    "once",
    "organisations",
    "planning",
    "register",
    "reporting",
    "second_step",
    "sensitive",
    "sign_ins",
    "tokens",
    "trials",
    "visits",
]
