"""What a password must be: long, not what is tried first, mixed where law asks so."""

from __future__ import annotations

import secrets

from campaigns.errors import Refused, mark

LENGTH = range(12, 129)
_CONSONANTS, _VOWELS, _DIGITS = "bdfghjkmnprstvz", "aeiou", "23456789"
_OBVIOUS = (
    *("password", "passw0rd", "iloveyou", "woaini", "letmein", "welcome", "admin123"),
    *("123456", "654321", "123123", "112233", "abcdef", "abc123", "1q2w3e", "1qaz2wsx"),
    *("qwerty", "qazwsx", "asdfgh", "zxcvbn", "5201314", "1314520", "88888888"),
    *("canlian", "canjiren", "outreach", "残联", "残疾人", "密码", "mima1234"),
)
"""What people try first, and words of this very office."""

_FEWEST_SIGNS = 5
_NAME_BYTES = 3
"""A shorter name stands in half of all sentences by chance."""
_KINDS = 3
"""Of four: small letters, capitals, digits, and everything else, which Chinese is."""


def new_password() -> str:
    """A random password that can be read aloud: four groups, about 61 bits."""
    group = (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _DIGITS)
    return "-".join("".join(map(secrets.choice, group)) for _ in range(4))


def check_password(name: str, password: str, *, mixed: bool = False) -> None:
    """Raises Refused for a password that is too short, too long or easily guessed.

    ``mixed`` asks for three kinds of signs too, as the second level of the state's
    protection scheme does; length is what makes a password strong.
    """
    if len(password) not in LENGTH:
        raise Refused(mark("密码要 12 到 128 个字符。可以用一句话，好记也安全。"))
    plain, named = password.casefold(), name.casefold()
    words = (*_OBVIOUS, named) if len(named.encode()) >= _NAME_BYTES else _OBVIOUS
    if len({*plain}) < _FEWEST_SIGNS or any(word in plain for word in words):
        raise Refused(mark("密码里有账号名或太常见的组合，容易被猜到。请换一个。"))
    if mixed and len({*map(_kind, password)}) < _KINDS:
        raise Refused(mark("密码要有小写字母、大写字母、数字、其他字符里的至少三种。"))


def _kind(sign: str) -> str:
    if not sign.isascii():
        return "other"
    if sign.isdigit():
        return "digit"
    return "small" if sign.islower() else "capital" if sign.isupper() else "other"
