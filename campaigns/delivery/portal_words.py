"""What carriers' portals write beside a number, in Chinese words or in codes."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.delivery.codes import meaning
from campaigns.vocabulary import MessageState, Reason

_D, _U = MessageState.DELIVERED, MessageState.UNDELIVERED
_WORDS: tuple[tuple[tuple[str, ...], MessageState | None, Reason], ...] = (
    # The first that is found counts, so failures stand before the word "success".
    (("空号", "不存在", "无效号码", "号码错误", "非法号码"), _U, Reason.PERMANENT),
    (("停机", "销户", "欠费"), _U, Reason.PERMANENT),
    (("关机", "不在服务区", "无法接通", "用户忙", "超时", "过期"), _U, Reason.ABSENT),
    (
        ("黑名单", "拒收", "退订", "屏蔽", "敏感", "关键字", "关键词"),
        _U,
        Reason.BLOCKED,
    ),
    (("网络", "流控", "流量", "系统繁忙", "网关"), _U, Reason.TEMPORARY),
    (("失败", "未送达", "未成功", "不成功", "错误", "fail"), _U, Reason.UNKNOWN),
    (("提交成功", "已提交", "等待", "待发", "发送中", "处理中"), None, Reason.UNKNOWN),
    (("无回执", "未知", "无状态", "未返回"), None, Reason.UNKNOWN),
    (("成功", "已送达", "送达", "已接收", "已收", "success"), _D, Reason.NONE),
)
_PROFILES = ("cmpp", "sgip", "smgp", "smpp")


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a result file; ``state`` is None where it says nothing final."""

    state: MessageState | None
    reason: Reason
    words: str
    code: str | None = None


def result_of(status: str, detail: str = "") -> Result:
    """Read a status cell and, where there is one, a cell with its code or cause."""
    words = f"{status} {detail}".strip()
    code = detail or status
    for cell in (detail, status):
        if found := _by_code(cell):
            return Result(*found, words, code)
    for cells in (detail, status):
        if told := _by_word(cells):
            return Result(*told, words, code)
    return Result(None, Reason.UNKNOWN, words, code)


def _by_code(cell: str) -> tuple[MessageState | None, Reason] | None:
    if not cell or not cell.isascii():
        return None
    for profile in _PROFILES:
        found = meaning(profile, cell.strip().upper())
        if found.known:
            return found.state, found.reason
    return None


def _by_word(cell: str) -> tuple[MessageState | None, Reason] | None:
    text = cell.casefold()
    for words, state, reason in _WORDS:
        if any(word in text for word in words):
            return state, reason
    return None
