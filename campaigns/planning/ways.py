"""Which ways a campaign has for each person: foreseen and frozen by one choice."""

from __future__ import annotations

from datetime import datetime

from campaigns.audience.channel_choice import Choice
from campaigns.planning.models import Campaign
from campaigns.vocabulary import Channel


def choice_of(campaign: Campaign, now: datetime) -> Choice:
    """The choice by this campaign's urgency and channels."""
    return Choice(
        campaign.urgency,
        now,
        loudspeaker=Channel.LOUDSPEAKER in campaign.channels,
        voice=Channel.VOICE in campaign.channels,
    )
