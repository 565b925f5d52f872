"""Which environment variables hold secrets. Those travel out of band: no database, journal, log or command line has them."""

from __future__ import annotations

import functools
import re
from fnmatch import translate

SECRETS = (
    "AWS_*", "*TOKEN*", "*SECRET*", "*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*_PWD", "*_PASS", "*KEY*", "*CREDENTIAL*",
    "SSH_AUTH_SOCK", "GPG_*", "*COOKIE*",
)  # fmt: skip
"""Names of secrets. It is better to hide a ``KEYFRAME`` than to show a key."""

_PASSWORD_IN_URL = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def is_secret(name: str) -> bool:
    """Returns whether a variable of this name is one that must not be seen."""
    return matches(name, SECRETS)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Returns whether a variable's name is one of these, or fits one (``STUDIO_*``), in any case: Windows knows none."""
    return bool(patterns) and _pattern(patterns).match(name.upper()) is not None


@functools.lru_cache(100)
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern.upper()) for pattern in patterns))


def holds_password(value: str) -> bool:
    """Returns whether a value has a password in it: ``postgres://me:hunter2@db``."""
    return _PASSWORD_IN_URL.search(value) is not None


def must_be_hidden(name: str, value: str) -> bool:
    """Returns whether a variable is a secret by its name or by its value."""
    return is_secret(name) or holds_password(value)
