"""What a reply asks for: a few plain forms are recognised, the rest is for a person."""

from __future__ import annotations

import re
import unicodedata

from campaigns.vocabulary import Wish

_BETWEEN = re.compile(r"[\W_]+")
_REFUSED = re.compile(
    r"(?:我要|请|回复?|发)?"
    r"(?:td|t|r|n|stop|tuiding|退订?|拒收|拒绝接收"
    r"|取消(?:订阅|接收|发送)?|停止(?:发送|接收)?"
    r"|(?:不要|别|不用)再?(?:给我)?发(?:短信|信息|消息)?(?:给我)?)"
    r"(?:退订|短信|信息|了|吧|谢谢)*"
)
_NOT = r"(?<![不没别无])(?<!不用)(?<!不要)(?<!不需要)(?<!没有)"
_HELP = re.compile(
    r"救命|救我|救救|快来人|出不去|(?<![a-z])sos(?![a-z])"
    rf"|{_NOT}(?:求助|需要帮[助忙]|要帮忙|帮帮我|请帮|来人帮)"
)
_CALL = re.compile(
    rf"{_NOT}(?:回电|回个?电话|打个?电话给我|给我[回打]个?电话|电话联系我)"
)
_WRONG = re.compile(
    r"[发打弄搞]错(?:人|号|电话|了)|不是本人|号码(?:错|不对)"
    r"|不是(?:他|她|这个人)的(?:号|手机|电话)"
)
_RECEIVED = re.compile(
    r"1|ok|(?:已|短信)?收到|(?:我)?(?:知道|明白|晓得)|好的?|嗯+|谢谢|看到|"
    r"(?:已|短信)?收到(?:好的|谢谢)"
)
_TAIL = re.compile(r"(?:了|啦|谢谢)+$")


def wish_of(text: str) -> Wish:
    """What ``text`` asks for. A cry for help comes first; anything unclear is OTHER.

    A refusal is one only where the whole text says so, in any width, case and
    punctuation: a long sentence with 退订 in it may mean anything.
    """
    said = plain(text)
    if _HELP.search(said):
        return Wish.HELP
    if _REFUSED.fullmatch(said):
        return Wish.REFUSED
    if _CALL.search(said):
        return Wish.CALL_ME
    if _WRONG.search(said):
        return Wish.WRONG_PERSON
    known = _RECEIVED.fullmatch(said) or _RECEIVED.fullmatch(_TAIL.sub("", said))
    return Wish.RECEIVED if known else Wish.OTHER


def plain(text: str) -> str:
    """The text in one form: NFKC, lower case, without punctuation and blanks."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
