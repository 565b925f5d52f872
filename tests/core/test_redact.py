"""Secrets and names of users taken out of texts, of data, and of calls that still have to run."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from farmfutures._spans import spans
from farmfutures.call import pack_call, unpack_call
from farmfutures.redact import Redactor

CANARY, USER = "canary-5ecret-é\"'", "mwallis"


@pytest.fixture
def redactor() -> Redactor:
    return Redactor([CANARY, "short"], [USER, "root", "ab"])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"it said {CANARY}!", "it said <secret>!"),
        ('{"a": "canary-5ecret-\\u00e9\\"\'"}', '{"a": "<secret>"}'),
        ("https://x/?t=canary-5ecret-%C3%A9%22%27", "https://x/?t=<secret>"),
        ("password=hunter2 and more", "password=<secret> and more"),
        ("FTRACK_API_KEY: 'a b c', next", "FTRACK_API_KEY: <secret>, next"),
        ('{"client_secret": "a b", "size": 3}', '{"client_secret": <secret>, "size": 3}'),
        ("tool --auth-token abc123 --frames 1", "tool --auth-token <secret> --frames 1"),
        ("Authorization: Bearer abcdef.123456", "Authorization: Bearer <secret>"),
        ("postgres://me:hunter2@db/shots", "postgres://<secret>@db/shots"),
        ("AKIAIOSFODNN7EXAMPLE", "<secret>"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123", "<secret>"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.sflKxwRJSMeKKF2QT4", "<secret>"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n<secret>\nb"),
        ("/home/mwallis/maya /Users/jdoe/x", "/home/<user>/maya /Users/<user>/x"),
        (r"C:\Users\jdoe\maya C:\\Users\\jdoe\\maya", r"C:\Users\<user>\maya C:\\Users\\<user>\\maya"),
        ("MWallis's job, mwallis_tmp", "<user>'s job, <user>_tmp"),
        ("ask jdoe@studio.com", "ask <user>@<host>"),
        ("as root in /root; short; keyframe 12; mwallison", "as root in /root; short; keyframe 12; mwallison"),
    ],
)
def test_texts(redactor: Redactor, text: str, hidden: str) -> None:
    assert redactor.text(text) == hidden


def test_data(redactor: Redactor) -> None:
    data = {"launch": {"env": {"SHOT_API_KEY": "1234", "SHOT": USER}, "slots": 3}, "password": "p", USER: [CANARY, None]}
    hidden = {"launch": {"env": {"SHOT_API_KEY": "<secret>", "SHOT": "<user>"}, "slots": 3}, "password": "<secret>"}
    assert redactor.value(data) == {**hidden, "<user>": ["<secret>", None]}


def test_what_an_environment_tells() -> None:
    redactor = Redactor.here({"KITSU_PWD": "8 or more", "USER": "jdoe", "SHOT": "sh010"}, users=["ann"])
    assert redactor.text("8 or more for jdoe and ann in sh010") == "<secret> for <user> and <user> in sh010"


# Calls


def greet(*names: object, password: str = "") -> str:
    return f"{names} {password}"


def test_a_call_is_masked_and_still_one(redactor: Redactor) -> None:
    path, nested = f"/home/{USER}/a.ma", {"token": "abc", "deep": {"api_key": b"xyz", "size": 3}}
    packed, count = redactor.call(bytes(pack_call(greet, (path, CANARY, nested, 7), {"password": "pw"})))
    function, args, kwargs = unpack_call(packed)
    assert function is greet
    assert args == ("/home/xxxxxxx/a.ma", "x" * len(CANARY.encode()), {"token": "xxx", "deep": {"api_key": b"xxx", "size": 3}}, 7)
    assert kwargs == {"password": "xx"}
    assert count == 5


def test_a_function_by_value_runs_after_it_was_masked(redactor: Redactor) -> None:
    code = f"def f(x, password=None, token=1):\n    mwallis_tool = len\n    return mwallis_tool(x), password, '{USER}'"
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(code, scope)
    packed, _ = redactor.call(bytes(pack_call(scope["f"], ("abc",), {"password": "pw"})))
    assert packed[:1] == b"V"
    function, args, kwargs = unpack_call(packed)
    assert function(*args, **kwargs) == (3, "xx", "xxxxxxx")


@pytest.mark.parametrize(
    "value",
    [
        {}, [], {"a": {"a": "a"}}, [["x"] * 3, {"x": ("x", {"k": b"v"})}], {"password": 5, 5: "password"}, "ü" * 300,
        [bytearray(b"abc"), b"d" * 300, frozenset({"e"}), {"f"}], {"s": print, "t": complex(1, 2), "u": Redactor},
        ("password", "open", {"password": "password"}), [{"a": "b"}] * 2,
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_without_anything_to_hide_a_pickle_stays_as_it_is_or_loads(value: object) -> None:
    data = pickle.dumps(value, 5)
    packed, count = Redactor().call(b"P" + data)
    assert len(packed) == len(data) + 1
    loaded = pickle.loads(packed[1:])
    assert (loaded == value) == (count == 0)
    assert count == str(value).count("{'password': 'password'}")


def test_spans_are_the_texts_of_a_pickle() -> None:
    texts = ["", "a", "ü" * 200, "same", "same", "b" * 70_000]
    data = pickle.dumps({"k": texts, "v": {"inner": "value"}}, 5)
    found = [data[span.start : span.end].decode() for span in spans(data)]
    assert sorted(set(found)) == sorted({*texts, "k", "v", "inner", "value"})
    assert [span.key for span in spans(data) if span.key] == ["inner"]


@pytest.mark.parametrize("data", [b"", b"P", b"Pnonsense", b"P\x80\x05", b"P\x80\x05\x93.", b"Pu."])
def test_what_is_no_call(redactor: Redactor, data: bytes) -> None:
    with pytest.raises(ValueError):
        redactor.call(data)
