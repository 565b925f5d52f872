"""Which variables travel: the policy, as tables."""

from __future__ import annotations

import os
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.errors import OptionError
from farmfutures_maya.environ import Place, Policy, judge, variables_in
from farmfutures_maya.modules import Additions


@pytest.mark.parametrize(
    "name",
    [
        "MAYA_LOCATION", "PYTHONHOME", "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "QT_PLUGIN_PATH",
        "QT_QPA_PLATFORM", "TMPDIR",
        "TEMP", "HOME", "USERPROFILE", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "SSH_CONNECTION", "MAYA_APP_DIR", "FARMFUTURES_STATE", "QBLVL",
    ],
)  # fmt: skip
def test_the_workers_own_never_travel(name: str) -> None:
    assert judge({name: "x"}, policy=Policy(allow=("*",))).values == {}


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN", "AYON_API_KEY", "FTRACK_API_KEY", "KITSU_PWD",
        "DB_PASSWORD", "MY_SECRET_SAUCE", "GOOGLE_APPLICATION_CREDENTIALS", "GPG_AGENT_INFO", "SESSION_COOKIE",
    ],
)  # fmt: skip
def test_secrets_never_travel(name: str) -> None:
    judged = judge({name: "hunter2"}, used={name}, policy=Policy(allow=("*",)))
    assert judged.values == {}
    assert "hunter2" not in repr(judged)
    assert "secret" in judged.held_back[name]


@pytest.mark.parametrize(("name", "value"), [("FTRACK_API_KEY", "hunter2"), ("DATABASE", "postgres://me:hunter2@db/x")])
def test_s7_a_secret_that_is_named_travels_apart_from_the_others(name: str, value: str) -> None:
    judged = judge({name: value, "SHOW": "x", "A_TOKEN": "y"}, policy=Policy(allow_secrets=(name, "ABSENT_KEY")))
    assert (judged.values, judged.secrets) == ({"SHOW": "x"}, (name,))
    assert judged.held_back["ABSENT_KEY"] == "is not set in this session"
    assert "Policy(allow_secrets=...)" in judged.held_back["A_TOKEN"]
    assert "hunter2" not in repr(judged)


@pytest.mark.parametrize("policy", [{"allow_secrets": ("*_KEY",)}, {"allow_secrets": ("*",)}, {"missing": "panic"}])
def test_secrets_are_named_one_by_one(policy: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"one by one|none of warn, refuse, ignore"):
        Policy(**policy)


def test_the_workers_own_does_not_travel_as_a_secret_either() -> None:
    judged = judge({"SSH_AUTH_SOCK": "/run/agent"}, policy=Policy(allow_secrets=("SSH_AUTH_SOCK",)))
    assert (judged.values, judged.secrets) == ({}, ())


def test_a_password_in_a_value_is_a_secret_too() -> None:
    judged = judge({"AYON_DATABASE": "postgres://me:hunter2@db/ayon", "AYON_SERVER_URL": "https://ayon:5000/x"})
    assert judged.values == {"AYON_SERVER_URL": "https://ayon:5000/x"}
    assert "password" in judged.held_back["AYON_DATABASE"]


@pytest.mark.parametrize(
    "name", ["OCIO", "MAYA_PROJECT", "MTOA_LOG", "AYON_PROJECT_NAME", "REZ_USED_REQUEST", "SHOW", "SHOT", "PROJECT"]
)
def test_q38_what_travels(name: str) -> None:
    assert judge({name: "x"}).values == {name: "x"}


@pytest.mark.parametrize("name", ["EDITOR", "LS_COLORS", "MY_TOOL"])
def test_everything_else_stays_unless_a_studio_allows_it(name: str) -> None:
    judged = judge({name: "x"})
    assert (judged.values, judged.held_back) == ({}, {})
    assert judge({name: "x"}, policy=Policy(allow=(name,))).values == {name: "x"}


def test_a_policy_takes_names_in_any_form() -> None:
    policy = Policy(allow="MINE", drop=["HERS"], allow_secrets={"A_KEY"})  # type: ignore[arg-type]
    assert (policy.allow, policy.drop, policy.allow_secrets) == (("MINE",), ("HERS",), ("A_KEY",))


def test_a_studio_can_drop() -> None:
    judged = judge({"AYON_A": "x", "AYON_B": "y"}, policy=Policy(drop=("*_B",)))
    assert judged.values == {"AYON_A": "x"}
    assert judged.held_back == {"AYON_B": "dropped by the policy"}


def test_search_paths_lose_what_the_worker_adds_itself() -> None:
    place = Place("/usr/autodesk/maya2026", "/home/me/maya", Additions(["/studio/modules/rig"]))
    entries = [
        "/studio/scripts",
        "/usr/autodesk/maya2026/scripts",
        "/home/me/maya/2026/scripts",
        "/studio/modules/rig/scripts",
        "",
        "/studio/scripts/",
        "/show/scripts",
        "/studio/modules/rigging",
    ]
    judged = judge({"MAYA_SCRIPT_PATH": os.pathsep.join(entries)}, place)
    assert judged.values["MAYA_SCRIPT_PATH"].split(os.pathsep) == [
        "/studio/scripts",
        "/show/scripts",
        "/studio/modules/rigging",
    ]


def test_module_paths_keep_the_modules() -> None:
    place = Place("/usr/autodesk/maya2026", "/home/me/maya", Additions(["/studio/modules"]))
    value = os.pathsep.join(["/home/me/maya/modules", "/studio/modules", "/usr/autodesk/maya2026/modules"])
    assert judge({"MAYA_MODULE_PATH": value}, place).values == {"MAYA_MODULE_PATH": "/studio/modules"}


def test_a_search_path_of_mayas_own_entries_is_held_back() -> None:
    judged = judge({"MAYA_PLUG_IN_PATH": "/usr/autodesk/maya2026/plug-ins"}, Place("/usr/autodesk/maya2026"))
    assert judged.values == {}
    assert "MAYA_PLUG_IN_PATH" in judged.held_back


def test_what_modules_put_into_variables_does_not_travel_twice() -> None:
    added = Additions(values={"PYTHONPATH": {"/studio/lib/"}, "MTOA_PATH": {"/opt/mtoa"}, "OCIO": {"/opt/ocio"}})
    environ = {"PYTHONPATH": os.pathsep.join(["/studio/lib", "/studio/lib/sub"]), "MTOA_PATH": "/opt/mtoa", "OCIO": "/mine"}
    judged = judge(environ, Place(modules=added))
    assert judged.values == {"PYTHONPATH": "/studio/lib/sub", "OCIO": "/mine"}
    assert judged.held_back == {"MTOA_PATH": "a module sets it"}


def test_xbmlangpath_entries_keep_their_suffix() -> None:
    place = Place("/usr/autodesk/maya2026")
    value = os.pathsep.join(["/studio/icons/%B", "/usr/autodesk/maya2026/icons/%B"])
    assert judge({"XBMLANGPATH": value}, place).values == {"XBMLANGPATH": "/studio/icons/%B"}


def test_variables_in_paths() -> None:
    paths = ["$PROJ/a.tx", "${SHOT_ROOT}/b.<UDIM>.tx", r"%DRIVE%\c.ma", "/plain/d.ma", "P:/e", "f_%04d_%04d.exr", "$1/g"]
    assert variables_in(paths) == {"PROJ", "SHOT_ROOT", "DRIVE"}


def test_variables_of_the_scenes_paths_are_required() -> None:
    environ = {"TEX_ROOT": "/tex", "HOME": "/home/me", "TOKEN_ROOT": "/secret", "KEY_ROOT": "/named", "DROPPED": "/x"}
    policy = Policy(drop=("DROPPED",), allow_secrets=("KEY_ROOT",))
    judged = judge(environ, used={*environ, "ABSENT"}, policy=policy)
    assert (judged.values, judged.secrets) == ({"TEX_ROOT": "/tex"}, ("KEY_ROOT",))
    # What can't be there is missing, whatever the reason; HOME is: the worker has its own.
    assert judged.missing == ("ABSENT", "DROPPED", "TOKEN_ROOT")
    assert judged.held_back.keys() == {"HOME", "TOKEN_ROOT", "DROPPED"}
    assert judged.held_back["HOME"] == "the worker's own"
