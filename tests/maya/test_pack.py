"""A scene and what it needs, packed, carried away and opened without the original. P44."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from farmfutures.errors import BootstrapError, PackError
from farmfutures.maya import Executor, Packed, Packing, pack, unpack
from farmfutures_maya.manifest import Manifest, content, tree_of

HEAD = '//Maya ASCII 2026 scene\nrequires maya "2026";\n'


def file_node(name: str, path: str, *more: str) -> str:
    return "\n".join([f'createNode file -n "{name}";', *more, f'\tsetAttr ".ftn" -type "string" "{path}";', ""])


def reference(path: str, name: str) -> str:
    return (
        f'file -rdi 1 -ns "{name}" -rfn "{name}RN" -typ "mayaAscii" "{path}";\n'
        f'file -r -ns "{name}" -dr 1 -rfn "{name}RN" -typ "mayaAscii" "{path}";\n'
    )


class Project:
    """A project with nested references, textures of every kind, a cache, and a library beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.library = folder / "project", folder / "library"
        self.scene = self.folder / "scenes" / "shot.ma"
        for name in ("workspace.mel", "sourceimages/plain.png", "sourceimages/same.png", "cache/sim.xml", "cache/simFrame1.mcx"):
            self.write(self.folder / name, 'workspace -fr "sourceImages" "sourceimages";\n' if name[0] == "w" else name[-3:])
        for tile in (1001, 1002):
            self.write(self.folder / f"sourceimages/wall.{tile}.exr", str(tile))
        for frame in (1, 2, 3):
            self.write(self.folder / f"sourceimages/fire.{frame}.png", str(frame))
        self.write(self.library / "wood.png", "wood")
        self.write(self.library / "var" / "stone.png", "stone")
        self.write(self.library / "deep" / "screw.ma", HEAD + 'createNode transform -n "screw";\n\tsetAttr ".ty" 3;\n')
        self.write(self.folder / "assets" / "rig.ma", HEAD.replace("req", reference(f"{self.library}/deep/screw.ma", "s") + "req")
                   + 'createNode transform -n "hip";\n\tsetAttr ".tx" 2;\n')  # fmt: skip
        self.write(self.scene, HEAD.replace("req", reference("assets/rig.ma", "rig") + "req") + self.nodes())

    def nodes(self) -> str:
        return "".join([
            'createNode transform -n "ball";\n\tsetAttr ".tx" 1;\n', file_node("plain", "sourceimages/plain.png"),
            file_node("same", "same.png"), file_node("wall", "sourceimages/wall.<UDIM>.exr", '\tsetAttr ".uvt" 3;'),
            file_node("fire", "sourceimages/fire.<f>.png", '\tsetAttr ".ufe" yes;'),
            file_node("wood", f"{self.library}/wood.png"),
            file_node("stone", "$LIB/stone.png"), file_node("up", f"{self.folder}/../library/wood.png"),
            'createNode cacheFile -n "sim";\n\tsetAttr ".cachePath" -type "string" "cache";\n',
            '\tsetAttr ".cacheName" -type "string" "sim";\n',
        ])  # fmt: skip

    @staticmethod
    def write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def open(self, maya: Any) -> None:
        maya.cmds.workspace(str(self.folder), openWorkspace=True)
        maya.cmds.file(str(self.scene), open=True, force=True)


@pytest.fixture
def project(maya: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("LIB", f"{tmp_path}/original/library/var")
    found = Project(tmp_path / "original")
    found.open(maya)
    return found


@pytest.fixture
def executor(state: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Executor]:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    with Executor(clone_environ=True, cpus=1) as made:
        yield made


def names(packed: Packed) -> set[str]:
    return {Path(entry.original).name for entry in Manifest.read(Path(packed.manifest)).files}


EVERYTHING = {
    "shot.ma", "rig.ma", "screw.ma", "workspace.mel", "plain.png", "same.png", "wall.1001.exr", "wall.1002.exr", "fire.1.png",
    "fire.2.png", "fire.3.png", "wood.png", "stone.png", "sim.xml", "simFrame1.mcx",
}  # fmt: skip

ASK = """
result = [[cmds.getAttr(n) for n in ("ball.tx", "rig:hip.tx", "rig:s:screw.ty", "unsaved.tz")],
          cmds.file(query=True, sceneName=True), cmds.workspace(query=True, rootDirectory=True),
          __import__("os").environ["LIB"]]
"""
MISSING = "[str(m) for m in __import__('farmfutures_maya.missing', fromlist=['x']).missing_files()]"


def worker_answers(executor: Executor, pack: str | Path) -> list[Any]:
    with executor.batch("packed", pack=pack) as batch:
        futures = [batch.submit("farmfutures.maya:evaluate", source) for source in (ASK, MISSING)]
    return [future.result(40) for future in futures]


@pytest.mark.timeout(60)
def test_p44_a_worker_opens_the_pack_and_the_original_is_gone(
    maya: Any, project: Project, executor: Executor, tmp_path: Path
) -> None:
    node = maya.cmds.createNode("transform", name="unsaved")
    maya.cmds.setAttr(f"{node}.tz", 7)
    packed = pack(tmp_path / "original" / "pack", scene=executor.create_tempfile(tmp_path / "original" / "store").path)
    assert (names(packed), packed.problems) == (EVERYTHING, ())
    travelled = shutil.move(tmp_path / "original" / "pack", tmp_path / "elsewhere")
    shutil.rmtree(tmp_path / "original")
    with Executor(cpus=1) as other:
        (values, scene, root, library), missing = worker_answers(other, Path(travelled, "manifests", Path(packed.manifest).name))
    assert values == [1, 2, 3, 7]
    assert missing == []
    for path in (scene, root, library):
        assert not Path(path).is_relative_to(tmp_path / "original")
    assert scene.endswith(tree_of(str(project.scene)))


@pytest.mark.timeout(60)
def test_p44_the_option_packs_and_the_same_state_is_packed_once(
    maya: Any, project: Project, executor: Executor, tmp_path: Path
) -> None:
    maya.cmds.createNode("transform", name="unsaved")
    executor.create_tempfile(tmp_path / "store")
    executor.launch(pack=tmp_path / "pack")
    before = sorted(path for path in (tmp_path / "pack").rglob("*") if path.is_file())
    (values, scene, *_), missing = worker_answers(executor, tmp_path / "pack")
    assert (values, missing) == ([1, 2, 3, 0], [])
    assert scene.endswith(tree_of(str(project.scene)))
    assert sorted(path for path in (tmp_path / "pack").rglob("*") if path.is_file()) == before
    assert {path.parent.name for path in before} >= {"manifests"}


def test_p44_each_content_is_stored_once(maya: Any, project: Project, tmp_path: Path) -> None:
    first = pack(tmp_path / "pack", scene=str(project.scene))
    shared = len({entry.digest for entry in Manifest.read(Path(first.manifest)).files})
    assert shared < first.files  # plain.png and same.png are the same.
    assert first.copied_bytes < first.size_bytes
    again = pack(tmp_path / "pack", scene=str(project.scene))
    assert (again.manifest, again.copied_bytes) == (first.manifest, 0)
    project.scene.write_text(project.scene.read_text() + 'createNode transform -n "more";\n')
    other = pack(tmp_path / "pack", scene=str(project.scene))
    assert other.manifest != first.manifest
    assert other.copied_bytes == project.scene.stat().st_size
    kept = [path for path in (tmp_path / "pack" / "content").rglob("*") if path.is_file()]
    assert len(kept) == shared + 1
    assert not (tmp_path / "pack" / ".incoming").exists()


def test_p44_what_is_missing_is_a_problem_with_a_name(maya: Any, project: Project, tmp_path: Path) -> None:
    (project.folder / "sourceimages" / "fire.2.png").unlink()
    (project.library / "wood.png").unlink()
    (project.folder / "cache" / "simFrame1.mcx").unlink()
    packed = pack(tmp_path / "pack", scene=str(project.scene))
    said = "\n".join(map(str, packed.problems))
    for part in ("wood.png: the file is not there", "frames of the sequence are missing: 2", "sim*.mc*"):
        assert part in said
    assert names(packed) == EVERYTHING - {"fire.2.png", "wood.png", "simFrame1.mcx"}


def test_p44_a_reference_that_is_not_loaded_is_a_problem(maya: Any, project: Project, tmp_path: Path) -> None:
    maya.cmds.file(unloadReference="rigRN")
    packed = pack(tmp_path / "pack", scene=str(project.scene))
    assert "rigRN: the reference is not loaded" in "\n".join(map(str, packed.problems))


def test_p44_count_and_size_are_said_before_anything_is_copied(maya: Any, project: Project, tmp_path: Path) -> None:
    asked: list[Packing] = []

    def refuse(packing: Packing) -> bool:
        asked.append(packing)
        return False

    with pytest.raises(CancelledError, match=r"15 file\(s\), .* bytes"):
        pack(tmp_path / "pack", scene=str(project.scene), confirm=refuse)
    assert asked[0].size_bytes == sum(map(os.path.getsize, asked[0].files))
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize("when", ["nodes", "bytes"])
def test_p44_it_can_be_cancelled_and_leaves_no_half_file(maya: Any, project: Project, tmp_path: Path, when: str) -> None:
    said: list[tuple[int, int, str]] = []
    with pytest.raises(CancelledError, match="stopped before"):
        pack(
            tmp_path / "pack", scene=str(project.scene), progress=lambda *now: said.append(now),
            cancelled=lambda: when == "nodes" or sum(1 for _, total, _ in said if total) > 3,
        )  # fmt: skip
    kept = [path for path in (tmp_path / "pack").rglob("*") if path.is_file()]
    assert len(kept) < 15
    assert all(path.parts[-3] == "content" for path in kept)
    assert [total for _, total, _ in said if total] == ([] if when == "nodes" else [said[-1][1]] * 4)


def _damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


BREAKS = [(_damage, "is damaged"), (lambda path: path.write_bytes(b""), "is damaged"), (Path.unlink, "can't be unpacked")]


@pytest.mark.parametrize(("spoil", "words"), BREAKS, ids=["other", "empty", "gone"])
def test_p44_unpacking_verifies_digests(
    maya: Any, project: Project, fresh_bootstrap: Any, tmp_path: Path, spoil: Any, words: str
) -> None:
    packed = pack(tmp_path / "pack", scene=str(project.scene))
    wood = next(e for e in Manifest.read(Path(packed.manifest)).files if e.original.endswith("stone.png"))
    spoil(content(tmp_path / "pack", wood.digest))
    with pytest.raises(PackError, match=words):
        unpack(packed.manifest, tmp_path / "tree")
    with pytest.raises(BootstrapError, match=words):
        fresh_bootstrap.bootstrap({"pack": packed.manifest})


def test_p44_files_whose_names_not_every_system_has_are_problems(maya: Any, project: Project, tmp_path: Path) -> None:
    (project.folder / "sourceimages" / "a:b.png").touch()
    maya.cmds.setAttr("plain.fileTextureName", "sourceimages/a:b.png", type="string")
    packed = pack(tmp_path / "pack", scene=str(project.scene))
    (found,) = packed.problems
    assert (found.path.endswith("a:b.png"), "not every system allows" in found.cause) == (True, True)


def test_p44_what_a_scene_needs_is_known_only_while_it_is_open(maya: Any, project: Project, executor: Executor) -> None:
    other = project.scene.with_name("other.ma")
    other.write_text(HEAD)
    with pytest.raises(PackError, match="is known only while it is open"):
        executor.submit_ext("math:sqrt", [4], filename=str(other), pack=project.folder / "pack")
    assert not (project.folder / "pack").exists()


def test_p44_a_check_packs_nothing(maya: Any, project: Project, executor: Executor, tmp_path: Path) -> None:
    executor.check(pack=tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_p44_strict_refuses_what_is_not_whole(maya: Any, project: Project, executor: Executor, tmp_path: Path) -> None:
    (project.library / "wood.png").unlink()
    with pytest.raises(PackError, match=r"strict=True: .*wood\.png"):
        executor.submit_ext("math:sqrt", [4], pack=tmp_path / "pack", strict=True)
    with pytest.warns(UserWarning, match=r"not in the pack: .*wood\.png"):
        executor.launch(pack=tmp_path / "pack")


@pytest.mark.parametrize("name", ["scene_file_to_reference.ma", "textured_project/scenes/TextureTest.ma", "animated_camera.ma"])
def test_p44_scenes_of_other_people(maya: Any, shared_scenes: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(shared_scenes, tmp_path / "scenes")) / name
    root = next((folder for folder in copy.parents if (folder / "workspace.mel").is_file()), copy.parent)
    maya.cmds.workspace(str(root), openWorkspace=True)
    maya.cmds.file(str(copy), open=True, force=True)
    nodes = maya.cmds.ls(long=True)
    packed = pack(tmp_path / "pack", scene=str(copy))
    shutil.rmtree(tmp_path / "scenes")
    unpacked = unpack(packed.manifest, tmp_path / "tree")
    maya.cmds.dirmap(enable=True)
    for pair in unpacked.pairs:
        maya.cmds.dirmap(mapDirectory=pair)
    maya.cmds.workspace(unpacked.workspace, openWorkspace=True)
    maya.cmds.file(unpacked.scene, open=True, force=True)
    assert maya.cmds.ls(long=True) == nodes
    assert packed.files == len([path for path in (tmp_path / "tree").rglob("*") if path.is_file()])


def test_p44_a_value_that_looks_like_a_secret_is_not_in_the_pack(
    maya: Any, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIB_TOKEN", str(project.library))
    maya.cmds.setAttr("plain.fileTextureName", "$LIB_TOKEN/wood.png", type="string")
    packed = pack(tmp_path / "pack", scene=str(project.scene))
    assert "the variable LIB_TOKEN: paths in the scene use it and it looks like a secret" in "\n".join(map(str, packed.problems))
    assert set(Manifest.read(Path(packed.manifest)).variables) == {"LIB"}


def test_p44_a_maya_with_an_interface_draws_on_while_it_packs(maya: Any, window: Any, project: Project, tmp_path: Path) -> None:
    threads: set[str] = set()

    def note(*_: Any) -> bool:
        threads.add(threading.current_thread().name)
        return True

    packed = pack(tmp_path / "pack", scene=str(project.scene), confirm=note, progress=note)
    assert names(packed) == EVERYTHING
    assert threads == {"MainThread", "farmfutures aside"}  # It is asked on the main thread, and copied in another one.
