"""How each figure is defined: printed under every report, because officials ask."""

from __future__ import annotations

from campaigns.errors import mark

DEFINITIONS: dict[str, str] = {
    "figure.audience": mark(
        "任务开始时固定下来的名单上的人数。下面各项相加等于这个数，一人只算一次。"
    ),
    "figure.reached": mark(
        "联系上 = 送达（适合本人）+ 已确认联系上。只发出、没有回执的不算。"
    ),
    "figure.delivered_suitable": mark(
        "手机回报收到，而且本人能自己看、能让手机读出来，或者由监护人看的人数；"
        "语音电话由人接听的也算。夜里的紧急通知，送达不算联系上。"
    ),
    "figure.contacted": mark(
        "有本人的凭据：回了短信、接语音电话按了键、电话里说清楚是谁、上门见到。"
        "家人代答另记；几个人共用的号码，按了键也不知道是谁，不算。"
    ),
    "figure.family": mark("走访时只见到家人的人数，不算联系上，也不再欠走访。"),
    "figure.reached_rate": mark("联系上的人数 ÷ 发送名单人数。"),
    "figure.to_visit": mark(
        "必须通知到的任务里还没有联系上的人，包括没有手机、没有合适的远程方式的人。"
    ),
    "figure.attempted": mark(
        "提示类任务里没有送达的人，不欠走访，号码要核实；走访时人户不在的也算在这里。"
    ),
    "figure.refused": mark("本人说过不再接收，按本人的意思不发。通道退回的不算拒收。"),
    "figure.not_applicable": mark("去世、迁出或证件注销的人。"),
    "figure.waiting": mark("还没有最后结果的人，72 小时后没有回执按没有联系上算。"),
    "figure.left_out": mark(
        "不到 5 个人的格，连同能推算出它的格，不给不能看这些人的读者，也不写进报表。"
    ),
    "figure.messages": mark(
        "交给通道的短信条数，不是人数：几个人共用一个号码只发一条。"
    ),
    "figure.copies": mark(
        "发给监护人的短信条数：本人那条之外另发，或者本人没有能用的手机。已算在条数里。"
    ),
    "figure.calls": mark("通道打出去的语音电话，不含没轮到打的。话费按通道的账单。"),
    "figure.calls_answered": mark(
        "由人接听的语音电话。转到语音信箱、没人接、占线、听不出是谁接的都不算。"
    ),
    "figure.calls_pressed": mark("接听后按了数字键一，确认听到的语音电话。"),
    "figure.delivery_rate": mark("送达的条数 ÷ 提交的条数。"),
    "parts": mark(
        "连签名 70 字以内算 1 条，超过 70 字每 67 字算 1 条，按运营商的办法计费。"
    ),
    "cost": mark("计费条数 × 每条单价，包括发给村里值班人员的播出通知。"),
    "figure.villages_due": mark(
        "应当播放的村，不含因红白事、考试等不用播的村，也不含已撤回的。"
    ),
    "figure.villages_played": mark("村里报了“已播放”的村。下载了、打开了都不算播放。"),
    "figure.coverage_rate": mark(
        "实播村 ÷ 应播村。大喇叭播过不等于联系上某个人，两个率分开写。"
    ),
    "figure.plays": mark("播放的时段数，一个时段播两遍算一场。"),
}
"""Word code of each figure and the sentence (msgid) that defines it."""
