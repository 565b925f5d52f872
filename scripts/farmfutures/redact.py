"""Takes secrets and names of users out of what is shown to others: the texts, data and calls of a support bundle.

What is a secret is known in three ways: by its name (`farmfutures.private`), whose value is then hidden wherever else it
stands; by what stands before it (``password=...``, ``Bearer ...``); and by its looks (keys of the great services).
A secret that is none of these can't be known: look into a bundle before you send it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ._spans import spans
from .private import is_secret
from .settings import os_user

SECRET, USER = "<secret>", "<user>"

_SHORTEST_SECRET, _SHORTEST_USER = 6, 3
_NOBODY = frozenset({"root", "user", "users", "admin", "administrator", "maya", "render", "farm", "public", "shared", "default"})
"""Accounts that are nobody's name; hiding these words would make everything else unreadable."""

_NAMED = r"[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential)[\w.-]*"
_SECRET_KEY = re.compile(_NAMED, re.IGNORECASE)
_PATTERNS = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), SECRET),
    (re.compile(r"(?i)\b(bearer|basic|digest)(\s+)[\w.~+/=-]{8,}"), rf"\1\2{SECRET}"),
    (re.compile(rf"(?i)({_NAMED})([\"']?\s*(?:[:=]|=>)\s*)(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&\"'}})\]]+)"), rf"\1\2{SECRET}"),
    (re.compile(rf"(?i)(--?{_NAMED})(\s+)([^\s-]\S*)"), rf"\1\2{SECRET}"),
    (re.compile(r"(://)[^/@\s]*:[^/@\s]+@"), rf"\1{SECRET}@"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}"), SECRET),
    (re.compile(r"\bsk-[\w-]{20,}|\bAIza[\w-]{30,}"), SECRET),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"), SECRET),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), f"{USER}@<host>"),
    (re.compile(r"((?:/home|/Users|/private/home|[A-Za-z]:[\\/]+Users)[\\/]+)[^\\/\s:\"'<>,;)\]]+"), rf"\1{USER}"),
)  # fmt: skip


class Redactor:
    """Takes known secrets and users out, and what looks like one.

    Args:
        secrets: Values to hide.
        users: Names to hide.
    """

    def __init__(self, secrets: Iterable[str] = (), users: Iterable[str] = ()) -> None:
        known = {text for secret in secrets if len(secret) >= _SHORTEST_SECRET for text in _spellings(secret)}
        self._secrets = sorted(known, key=len, reverse=True)
        names = {user for user in users if len(user) >= _SHORTEST_USER and user.lower() not in _NOBODY}
        self._users = sorted(names, key=len, reverse=True)
        either = "|".join(map(re.escape, self._users)) or r"(?!)"
        self._user = re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])", re.IGNORECASE)
        # A call still has to run: where a name is part of an identifier it stays.
        self._user_in_call = re.compile(rf"(?<!\w)(?:{either})(?!\w)".encode(), re.IGNORECASE)

    @classmethod
    def here(cls, environ: Mapping[str, str], *, secrets: Iterable[str] = (), users: Iterable[str] = ()) -> Redactor:
        """Knows this user, and the secrets of an environment.

        Args:
            environ: ``os.environ``, or another.
            secrets: More values to hide.
            users: More names to hide.
        """
        own = (
            environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER", "FARMFUTURES_USER", "QBFUTURES_USER")
        )
        values = (value for name, value in environ.items() if is_secret(name) and not os.path.isdir(value))
        return cls([*values, *secrets], [os_user(), Path.home().name, *own, *users])

    def text(self, text: str) -> str:
        """Returns a text without them."""
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return self._user.sub(USER, text)

    def value(self, value: Any, name: str = "") -> Any:
        """Returns plain data without them; what a secret's name stands before is hidden whatever it is.

        Args:
            value: What JSON can hold.
            name: The key that it has.
        """
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(member, str(key)) for key, member in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(member, name) for member in value]
        if not isinstance(value, str):
            return value
        return SECRET if value and name.isupper() and is_secret(name) or _SECRET_KEY.fullmatch(name) else self.text(value)

    def call(self, packed: bytes) -> tuple[bytes, int]:
        """Masks them in a packed call, which stays one: a mask is as long as what is under it.

        Returns:
            The packed call, and how many places were masked. What is compressed or encoded in it can't be seen.

        Raises:
            ValueError: It is no packed call.
        """
        data, count = bytearray(packed[1:]), 0
        for span in spans(packed[1:]):
            before = bytes(data[span.start : span.end])
            if span.key is not None and _SECRET_KEY.fullmatch(span.key):
                after = b"x" * len(before)
            elif span.is_name:
                continue
            else:
                after = self._masked(before)
            if after != before:
                data[span.start : span.end] = after
                count += 1
        return packed[:1] + bytes(data), count

    def _masked(self, data: bytes) -> bytes:
        for secret in self._secrets:
            data = data.replace(secret.encode(), b"x" * len(secret.encode()))
        return self._user_in_call.sub(_crosses, data)


def _crosses(found: re.Match[bytes]) -> bytes:
    return b"x" * len(found[0])


def _spellings(secret: str) -> set[str]:
    """Returns a secret as it stands in plain text, in JSON, in a Python literal and in a URL."""
    ways: tuple[Callable[[str], str], ...] = (str, lambda text: json.dumps(text)[1:-1], lambda text: repr(text)[1:-1], quote)
    return {way(secret) for way in ways}
