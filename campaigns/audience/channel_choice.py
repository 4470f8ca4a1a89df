"""Which ways reach each person, and why others do not: as SQL over Member.

The same expressions freeze an audience (INSERT ... SELECT), count a segment and
explain one person, so that the figure shown before release, the messages made after
it and the sentence on a person's page cannot differ. The order of ways is that of the
rules table for each disability, by components; the first that the county really has
is used. How often a phone was written to, and who shares it, is known to delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, and_, case, false, literal, or_

from campaigns.audience.conditions import (
    Condition,
    alive,
    allowed,
    child,
    guardian_alive,
    has,
    needs_guardian,
    refused,
    unknown_components,
)
from campaigns.register.models import Member
from campaigns.vocabulary import (
    Category,
    MemberStatus,
    Preference,
    Reason,
    Urgency,
    Way,
)

DEAF_BLIND = Category.VISUAL.bit | Category.HEARING.bit
SEVERE = (1, 2)
_TWO = 2
_GUARDIAN = Member.guardian_phone_index.is_not(None)


def lacks_second(way: Way, *, heard: bool) -> bool:
    """Whether one way reaches somebody at most; ``heard``: so does a loudspeaker."""
    return way.channels + bool(heard) < _TWO


@dataclass(frozen=True)
class Choice:
    """How a campaign of ``urgency`` reaches each member at ``now``.

    ``loudspeaker``: villages hear it as well; ``voice``: its provider can call.
    """

    urgency: Urgency
    now: datetime
    loudspeaker: bool = True
    voice: bool = False

    @cached_property
    def way(self) -> ColumnElement[str]:
        """The ``Way`` of each person; without any, the one that says why."""
        # Nested, so that what most people share is asked once and not in each line.
        own, copy = self._own_reaches, self._copy_reaches
        by_text = case(
            (copy, Way.SMS_GUARDIAN.value),
            (~self.suits, Way.SMS_ALOUD.value),
            else_=literal(Way.SMS.value),
        )
        by_voice = case(
            (and_(own, copy), Way.VOICE_SMS_GUARDIAN.value),
            (own, Way.VOICE_SMS.value),
            else_=literal(Way.VOICE.value),
        )
        by_guardian = case(
            (self.child, Way.GUARDIAN_CHILD.value),
            else_=literal(Way.GUARDIAN.value),
        )
        return case(
            (Member.status != MemberStatus.ACTIVE, Way.INACTIVE.value),
            (~allowed(self.urgency, self.now), Way.NO_LEGAL_BASIS.value),
            (and_(self.called, ~self._own_refused), by_voice),
            (own, by_text),
            (copy, by_guardian),
            (self._refused_all, Way.OPTED_OUT.value),
            (self.deaf_blind, Way.DEAF_BLIND.value),
            (and_(self.child, ~_GUARDIAN), Way.NO_GUARDIAN.value),
            (self.child, Way.NUMBER_BAD.value),
            (self._wishes_visit, Way.WISHES_VISIT.value),
            (self._wishes_loudspeaker, Way.WISHES_LOUDSPEAKER.value),
            (Member.phone_index.is_not(None), Way.NUMBER_BAD.value),
            (self.hears_loudspeaker, Way.LOUDSPEAKER.value),
            else_=literal(Way.NOTHING.value),
        )

    @property
    def told(self) -> Condition:
        """Whether any text or call goes to the person or their guardian."""
        return self.way.in_([way.value for way in Way if way.told])

    @property
    def beside(self) -> Condition:
        """Something other than their own text reaches the person."""
        other = or_(self._copy_reaches, and_(self.called, ~self._own_refused))
        active = Member.status == MemberStatus.ACTIVE
        return and_(active, allowed(self.urgency, self.now), other)

    @cached_property
    def suits(self) -> Condition:
        """Whether their own text alone reaches the person: somehow they read it."""
        wanted = Member.preference == Preference.SMS
        return or_(~self._blind, Member.reads_aloud, wanted)

    @cached_property
    def confirm(self) -> Condition:
        """Severe or living alone: a second channel, and a person confirms."""
        return or_(Member.grade.in_(SEVERE), Member.living_alone)

    @cached_property
    def hears_loudspeaker(self) -> Condition:
        """Whether a play may be heard: never by who cannot hear, or may not."""
        deaf = or_(has(Category.HEARING.bit), unknown_components())
        heard = and_(Member.village.is_not(None), ~deaf)
        return heard if self.loudspeaker else false()

    @cached_property
    def child(self) -> Condition:
        """Under 14 in China."""
        return child(self.now)

    @cached_property
    def deaf_blind(self) -> Condition:
        """Neither hears nor sees: no remote channel works."""
        return Member.categories.op("&")(DEAF_BLIND) == DEAF_BLIND

    @cached_property
    def copied(self) -> Condition:
        """The guardian is told: beside the person, or in place of a dead phone.

        An adult may end the copy: a guardian may be the danger.
        """
        needed = or_(needs_guardian(self.now), and_(_GUARDIAN, ~alive()))
        wanted = or_(self.child, and_(Member.guardian_copy, needed))
        return and_(wanted, ~self.deaf_blind)

    @cached_property
    def called(self) -> Condition:
        """A voice call is made: to who sees badly, wishes it, or needs two channels."""
        if not self.voice:
            return false()
        wishes = Member.preference == Preference.VOICE
        needed = or_(~self.suits, wishes, self.confirm)
        open_ = or_(wishes, Member.preference == Preference.NONE)
        hears = ~has(Category.HEARING.bit)
        return and_(needed, open_, hears, alive(), ~self.child)

    @cached_property
    def _blind(self) -> Condition:
        return or_(has(Category.VISUAL.bit), unknown_components())

    @cached_property
    def _wishes_visit(self) -> Condition:
        return self._wish(Preference.VISIT)

    @cached_property
    def _wishes_loudspeaker(self) -> Condition:
        return and_(self._wish(Preference.LOUDSPEAKER), self.hears_loudspeaker)

    def _wish(self, preference: Preference) -> Condition:
        """What a person wishes always wins, but where life is in danger."""
        if self.urgency == Urgency.EMERGENCY:
            return false()
        return Member.preference == preference

    @cached_property
    def _elsewise(self) -> Condition:
        """Another way is used in place of the person's own text."""
        blind = Member.certificate_category == int(Category.VISUAL)
        calls = or_(self._wish(Preference.VOICE), and_(blind, ~Member.reads_aloud))
        alone = and_(self.called, calls, ~self.confirm, ~self.copied)
        if self.urgency == Urgency.EMERGENCY:
            alone = false()
        return or_(self._wishes_visit, self._wishes_loudspeaker, alone)

    @property
    def _own_reaches(self) -> Condition:
        barred = or_(self.child, self.deaf_blind, self._elsewise)
        return and_(alive(), ~barred, ~self._own_refused)

    @property
    def _copy_reaches(self) -> Condition:
        dead = refused(Member.guardian_phone_index, self.urgency, or_dead=True)
        return and_(self.copied, _GUARDIAN, ~dead, or_(self.child, ~self._own_refused))

    @property
    def own_reason(self) -> ColumnElement[str]:
        """Why the person's own text is not sent, empty when it is."""
        none = Member.phone_index.is_(None)
        other = or_(and_(self.copied, guardian_alive()), self.hears_loudspeaker)
        return self._barred(
            (and_(~self.child, self._own_refused), Reason.OPTED_OUT),
            (self.deaf_blind, Reason.DEAF_BLIND),
            (and_(self.child, ~_GUARDIAN), Reason.NO_GUARDIAN),
            (self.child, Reason.CHILD),
            (self._wishes_visit, Reason.WRONG_CHANNEL),
            (self._wishes_loudspeaker, Reason.WRONG_CHANNEL),
            (and_(none, other), Reason.NO_PHONE),
            (none, Reason.NO_CONTACT),
            (~alive(), Reason.NUMBER_BAD),
            (self._elsewise, Reason.WRONG_CHANNEL),
        )

    @property
    def copy_reason(self) -> ColumnElement[str]:
        """Why nothing goes to the guardian where it should."""
        return self._barred(
            (self._copy_refused, Reason.OPTED_OUT),
            (~_GUARDIAN, Reason.NO_GUARDIAN),
            (~guardian_alive(), Reason.NUMBER_BAD),
        )

    @property
    def call_reason(self) -> ColumnElement[str]:
        """Why the person is not called where they should be."""
        return self._barred((self._own_refused, Reason.OPTED_OUT))

    def _barred(self, *more: tuple[Condition, Reason]) -> ColumnElement[str]:
        first = (
            (Member.status != MemberStatus.ACTIVE, Reason.INACTIVE),
            (~allowed(self.urgency, self.now), Reason.NO_LEGAL_BASIS),
        )
        pairs = [(condition, reason.value) for condition, reason in (*first, *more)]
        return case(*pairs, else_=literal(Reason.NONE.value))

    @property
    def _copy_refused(self) -> Condition:
        """The guardian refused, or the person, who is no child, refused for both."""
        own = and_(~self.child, self._own_refused)
        return or_(refused(Member.guardian_phone_index, self.urgency), own)

    @cached_property
    def _own_refused(self) -> Condition:
        return refused(Member.phone_index, self.urgency)

    @property
    def _refused_all(self) -> Condition:
        own = and_(~self.child, self._own_refused)
        return or_(own, and_(self.copied, self._copy_refused))
