"""How one person is reached, in one sentence, from what SQL decides.

Township staff read these sentences and may not know a category: they say what is
done, and give a cause only where it lies in a phone, an age, a wish or a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.channel_choice import Choice, lacks_second
from campaigns.errors import mark
from campaigns.register.models import Member
from campaigns.vocabulary import Urgency, Way

SENTENCES: dict[Way, str] = {
    Way.SMS: mark("发短信给本人。"),
    Way.SMS_ALOUD: mark("发短信给本人，再由大喇叭或电话说一遍。"),
    Way.SMS_GUARDIAN: mark("发短信给本人，也发给监护人。"),
    Way.VOICE: mark("打语音电话给本人。"),
    Way.VOICE_SMS: mark("打语音电话给本人，也发短信，两种方式更稳当。"),
    Way.VOICE_SMS_GUARDIAN: mark("打语音电话、发短信给本人，也发给监护人。"),
    Way.GUARDIAN_CHILD: mark("发短信给监护人，因为本人未满 14 岁。"),
    Way.GUARDIAN: mark("发短信给监护人，因为不能发到本人的手机。"),
    Way.LOUDSPEAKER: mark("没有手机：听村里的大喇叭，再请村里的人上门。"),
    Way.WISHES_LOUDSPEAKER: mark("本人愿意听大喇叭，不发短信。"),
    Way.WISHES_VISIT: mark("本人愿意有人上门来说，不发短信。"),
    Way.DEAF_BLIND: mark("没有合适的远程方式：请派熟悉的人上门。"),
    Way.NO_GUARDIAN: mark("未满 14 岁，还没有监护人的电话：请补上，再请人上门。"),
    Way.NUMBER_BAD: mark("号码打不通：请核实号码，再请人上门。"),
    Way.NOTHING: mark("没有能用的手机：请补上电话，再请人上门。"),
    Way.NO_LEGAL_BASIS: mark("还没有联系依据，只在危及生命时才发。"),
    Way.OPTED_OUT: mark("本人或家人说过不再接收，只在危及生命时才发。"),
    Way.INACTIVE: mark("已经不在册，不再联系。"),
}
"""One sentence (msgid) for each way, and for each cause of having none."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The way of one person; ``confirm``: a second channel, and a person confirms.

    ``single``: there is no such second channel, so that somebody must see to it.
    """

    way: Way
    confirm: bool
    single: bool

    @property
    def sentence(self) -> str:
        """The sentence (msgid)."""
        return SENTENCES[self.way]


def explain(
    session: Session,
    member: Member,
    now: datetime,
    *,
    urgency: Urgency = Urgency.MUST_REACH,
    voice: bool = False,
) -> Explanation:
    """How this person is reached by a text of ``urgency``, and why.

    ``voice``: the county's provider places calls.
    """
    choice = Choice(urgency, now, voice=voice)
    asked = choice.way, choice.confirm, choice.hears_loudspeaker
    found = select(*asked).where(Member.id == member.id)
    way, confirm, heard = session.execute(found).one()
    needed = bool(confirm) and Way(way) is not Way.INACTIVE
    single = needed and lacks_second(Way(way), heard=heard)
    return Explanation(Way(way), bool(confirm), single)
