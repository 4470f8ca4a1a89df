"""``outreach users``: accounts from the command line, for the first sign-in."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, NotReady, mark
from campaigns.vocabulary import Category, Duty
from outreach import accounts, first_account, invitations, own_sign_ins, second_step
from outreach.accounts import Role, User
from outreach.audit import note
from outreach.commands.wired import open_wiring
from outreach.wiring import Wiring

_NO_DUTIES = {Role.AUDITOR, Role.ADMINISTRATOR}


@click.group
def users() -> None:
    """Make accounts, and give people a new password."""


@users.command
@click.argument("name")
@click.option("--shown-as", default="", help="What pages call this person.")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
@click.option("--place", required=True, help="Place code; its whole subtree is meant.")
@click.option("--category", "categories", type=int, multiple=True, help="1 to 6.")
def add(
    name: str, shown_as: str, role: str, place: str, categories: tuple[int, ...]
) -> None:
    """Make an account and print the address where its password is set, once."""
    wiring = open_wiring()
    now = wiring.clock()
    part = Role(role)
    with wiring.database.writing() as session:
        user = accounts.add_user(
            session, name=name, shown_as=shown_as or name, password=None, now=now
        )
        accounts.add_grant(
            session,
            user,
            role=part,
            place=place,
            categories=sum(Category(number).bit for number in set(categories)),
            duties=() if part in _NO_DUTIES else tuple(Duty),
            now=now,
        )
        note(session, "add_user", f"user:{user.id}", now=now)
        _invite(session, wiring, user)


@users.command
def first() -> None:
    """Print the address where the first account is made, while there is none."""
    wiring = open_wiring()
    with wiring.database.reading() as session:
        if not first_account.nobody_yet(session):
            raise NotReady(
                mark("已经有账号了。忘了密码：outreach users password 名字。")
            )
    click.echo(wiring.settings.own_url + first_account.path(wiring.signer))


@users.command
@click.argument("name")
def password(name: str) -> None:
    """Print an address where the account's password is set anew; its sign-ins end."""
    wiring = open_wiring()
    with wiring.database.writing() as session:
        user = accounts.find_user(session, name)
        if user is None:
            raise NotFound(mark("没有账号“%(name)s”。"), name=name)
        note(session, "reset_password", f"user:{user.id}", now=wiring.clock())
        _invite(session, wiring, user)


def _invite(session: Session, wiring: Wiring, user: User) -> None:
    now, signer = wiring.clock(), wiring.signer
    _made, path = invitations.invite(session, user, by=None, signer=signer, now=now)
    click.echo(f"{user.name}  {wiring.settings.own_url}{path}")


@users.command("reset-code")
@click.argument("name")
def reset_code(name: str) -> None:
    """End an account's second step and its sign-ins, where no two people are left."""
    wiring = open_wiring()
    now = wiring.clock()
    with wiring.database.writing() as session:
        user = accounts.find_user(session, name)
        if user is None:
            raise NotFound(mark("没有账号“%(name)s”。"), name=name)
        second_step.drop(session, user.id)
        own_sign_ins.sign_out_everywhere(session, user.id, now)
        note(session, "reset_second_step", f"user:{user.id}", now=now)


@users.command("list")
def list_users() -> None:
    """Print all accounts with what they may do."""
    with open_wiring().database.reading() as session:
        found = accounts.list_users(session)
        if not found:
            raise NotFound(
                mark("还没有账号。打开 outreach users first 印出的网址，建第一个。")
            )
        for user in found:
            grants = "；".join(f"{g.role} {g.place}" for g in user.grants)
            click.echo(f"{user.id:5} {user.name:16} {user.shown_as:20} {grants}")
