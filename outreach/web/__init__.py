"""The pages: a shell that every page shares, and one module for each life stage."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

_SHELL = (
    "callbacks",
    "patience",
    "gate",
    "safety",
    "languages",
    "assets",
    "frame",
    "errors",
)
_PAGES = (
    "first",
    "sign_in",
    "home",
    "invitation",
    "me",
    "proving",
    "second_step",
    "tokens",
    "help",
    "start",
    "practice",
    "register",
    "person_form",
    "places",
    "consent",
    "departures",
    "duplicates",
    "merging",
    "erasing",
    "undoing",
    "exports",
    "refuse",
    "refusals",
    "imports",
    "audience",
    "organisations",
    "bulletins",
    "sharing",
    "reviewing",
    "trying",
    "sound",
    "pronouncing",
    "templating",
    "planning",
    "calendar_days",
    "steering",
    "approving",
    "approval",
    "alone",
    "permissions",
    "permitted",
    "delivery",
    "messages",
    "resending",
    "replies",
    "portal",
    "fieldwork",
    "entering",
    "airtime",
    "duty_people",
    "emergency",
    "visits",
    "needs",
    "contacting",
    "settling",
    "numbers",
    "overview",
    "reporting",
    "exporting",
    "daily_units",
    "daily",
    "period",
    "village",
    "village_quiet",
    "calling",
    "accounts",
    "account_roles",
    "small_office",
    "granting",
    "resetting",
    "health",
    "providers",
    "keeping",
    "hours",
    "foreign",
    "audit",
)


def attach(app: Flask) -> None:
    """Give ``app`` the shell, then every page."""
    for name in _SHELL:
        import_module(f"outreach.web.{name}").register(app)
    for name in _PAGES:
        app.register_blueprint(import_module(f"outreach.web.{name}").bp)
