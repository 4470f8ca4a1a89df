"""Which carrier a mobile number was given out by; a guess since numbers move (2019)."""

from __future__ import annotations

_MOBILE, _UNICOM, _TELECOM, _BROADCAST = "mobile", "unicom", "telecom", "broadcast"
CARRIERS = (_MOBILE, _UNICOM, _TELECOM, _BROADCAST)
OTHER = ""

_PREFIXES = {
    _MOBILE: (
        "134 135 136 137 138 139 147 148 150 151 152 157 158 159 165 172 178 182 183 "
        "184 187 188 195 197 198 1440 1703 1705 1706"
    ),
    _UNICOM: (
        "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 "
        "1704 1707 1708 1709"
    ),
    _TELECOM: (
        "133 141 149 153 162 173 174 177 180 181 189 190 191 193 199 1349 "
        "1700 1701 1702"
    ),
    _BROADCAST: "192",
}
_OWNERS = {
    prefix: carrier
    for carrier, prefixes in _PREFIXES.items()
    for prefix in prefixes.split()
}


def carrier_of(phone: str) -> str:
    """``mobile``, ``unicom``, ``telecom`` or ``broadcast`` of an E.164 mobile.

    Empty where the prefix belongs to nobody known.
    """
    digits = phone.removeprefix("+86")
    return _OWNERS.get(digits[:4], _OWNERS.get(digits[:3], OTHER))
