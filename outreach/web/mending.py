"""What to do about people whom a text does not reach, a sentence for each reason."""

from __future__ import annotations

from flask_babel import gettext as _

from campaigns.vocabulary import Reason


def how_to_mend() -> dict[str, str]:
    """Reason by reason, in the reader's language."""
    return {
        Reason.OPTED_OUT: _("尊重本人意愿。救命的紧急通知仍会发。"),
        Reason.NO_PHONE: _("听村里的大喇叭，再请村里的人上门。"),
        Reason.NO_CONTACT: _("请乡镇补上电话或所在的村。"),
        Reason.SHARED_PHONE: _("家里同一个号码已经收到，不再重发。"),
        Reason.PERSONAL_TEXT: _("家里的手机收到的是别处的内容，请上门告诉。"),
        Reason.NO_GUARDIAN: _("请乡镇补上监护人的电话，再请人上门。"),
        Reason.NO_LEGAL_BASIS: _("补上联系依据以后再发。"),
        Reason.WRONG_CHANNEL: _("换一种适合的方式。"),
        Reason.DEAF_BLIND: _("请熟悉的人上门。"),
        Reason.CHILD: _("发给监护人。"),
        Reason.FREQUENCY: _("下周再发，或者换成面对面说。"),
        Reason.NUMBER_BAD: _("请乡镇核实号码。"),
        Reason.NUMBER_CHANGED: _("按新号码下次再发。"),
        Reason.INACTIVE: _("不用办。"),
        Reason.STOPPED: _("任务停了，没有发。需要时另建任务。"),
        Reason.TOO_LATE: _("过了时间，没有发。需要时另建任务。"),
        Reason.ABSENT: _("对方开机后可能还会收到，先等一等。"),
        Reason.PERMANENT: _("请乡镇核实号码，并上门告诉。"),
        Reason.BLOCKED: _("请运营商查拦截的原因，并上门告诉。"),
        Reason.TEMPORARY: _("网络问题，先等一等。"),
        Reason.UNKNOWN: _("没有回音。重要的事请打电话或上门。"),
        Reason.REFUSED_BY_PROVIDER: _("看通道退回的说明，改好再发。"),
        Reason.UNSUITABLE: _("本人看不了短信，请家人念，或打电话、上门。"),
    }
