"""What a campaign cost and what was answered to it, as charts of its report."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from campaigns.fieldwork.answering import Answers, summed
from campaigns.reporting import cost
from campaigns.reporting.cost import Cost
from campaigns.reporting.statistics import CampaignStatistics
from outreach.web.charts import Chart, Part, sorted_bars
from outreach.web.drawing import Caption
from outreach.web.languages import shown_word


def replies(answers: list[Answers]) -> Chart:
    """What people answered, most frequent first; how many still wait stands beside."""
    n, waiting = summed(answers)
    parts = [
        Part(
            shown_word(f"wish.{each.wish.value}"),
            each.n,
            "warn" if each.waiting else "good",
            note=_("%(n)s 条等人办", n=f"{each.waiting:,}") if each.waiting else "",
        )
        for each in answers
    ]
    said = _(
        "一共 %(n)s 条，%(closed)s 条办结了，%(waiting)s 条还在等人办。",
        n=f"{n:,}",
        closed=f"{n - waiting:,}",
        waiting=f"{waiting:,}",
    )
    columns = (shown_word("reply.asks"), shown_word("figure.count"))
    caption = Caption("answers", shown_word("nav.replies"), said, columns)
    return sorted_bars(caption, parts, shown_word("wish.other"))


def costs(found: CampaignStatistics, names: Mapping[str, str]) -> list[Chart]:
    """Billed parts by the way they went, and by township, with money in the label."""
    ways = {
        shown_word(f"channel_{channel.value}"): spent
        for channel, spent in cost.by_channel(found).items()
    }
    places = {
        names.get(place, place) or shown_word("figure.other_townships"): spent
        for place, spent in cost.by_township(found).items()
    }
    calls = _("语音电话的话费按通道的账单。")
    homes = _("送到哪个乡镇的人，就算哪个乡镇的。")
    return [
        chart
        for chart in (
            _bars("ways", _("按方式"), calls, ways),
            _bars("places", _("按乡镇"), homes, places),
        )
        if chart.rows
    ]


def _bars(key: str, title: str, said: str, spent: Mapping[str, Cost]) -> Chart:
    parts = [
        Part(_("%(name)s，%(cost)s 元", name=name, cost=f"{one.yuan:,.2f}"), one.parts)
        for name, one in spent.items()
    ]
    columns = (title, shown_word("parts"), shown_word("figure.share"))
    return sorted_bars(Caption(key, title, said, columns), parts, _("其他乡镇"))
