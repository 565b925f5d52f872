"""What the open scene would render: each renderable layer through each renderable camera, with the layer's own settings.

The settings of a layer are what Maya says while that layer is the current one: overrides of legacy layers and of render
setup both come true only then (``editRenderLayerGlobals -currentRenderLayer``). The layer that was current is current again
afterwards, and the scene counts as changed or not as before.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farmfutures.errors import OptionError, RenderError
from farmfutures.settings import python_executable

from . import _cmds, _cmds_inputs
from . import _cmds_render as commands
from .session import require_maya

if TYPE_CHECKING:
    import farmfutures

    from .executor import Executor

PREPARE, RENDER = "farmfutures.maya:prepare_render", "farmfutures.maya:render"

_LAYER_TOKENS = ("<renderlayer>", "<layer>", "%l")
_CAMERA_TOKENS = ("<camera>", "%c")
_SMALL = 1e-6


@dataclass(frozen=True)
class RenderPass:
    """One layer through one camera.

    Attributes:
        layer: The name of the render layer, as ``-rl`` takes it; a layer of render setup begins with ``rs_``.
        camera: The camera, as ``-cam`` takes it.
        renderer: What Maya calls the renderer of the layer (``"arnold"``); it renders whatever the layer says.
        start: First frame.
        end: Last frame; equal to `start` where the scene is no animation.
        step: From one frame to the next.
        prefix: The image names of the scene, with what tells layers and cameras apart put in front where there are several.
        width: In pixels.
        height: In pixels.
    """

    layer: str
    camera: str
    renderer: str
    start: float
    end: float
    step: float
    prefix: str
    width: int
    height: int

    @property
    def frames(self) -> tuple[float, ...]:
        """The frames, as Maya counts them: from the first on, as long as they are not beyond the last."""
        count = int((self.end - self.start) / self.step + _SMALL) + 1
        return tuple(self.start + number * self.step for number in range(max(count, 0)))

    def flags(self, start: float, end: float) -> list[str]:
        """Returns the flags of ``Render`` for some of its frames.

        Source: "Common flags for the command line renderer" of Maya's help (GUID-0280AB86).
        """
        return [
            "-rl", self.layer, "-cam", self.camera, "-s", _number(start), "-e", _number(end), "-b", _number(self.step),
            "-x", str(self.width), "-y", str(self.height), "-im", self.prefix,
        ]  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """Some frames of a pass: one work item.

    Attributes:
        name: What it is called.
        flags: The flags of ``Render`` that say what is rendered.
    """

    name: str
    flags: tuple[str, ...]


@dataclass(frozen=True)
class RenderPlan:
    """Everything that a scene would render.

    Attributes:
        scene: The scene as it was named when it was read, "" while it was untitled.
        workspace: The project.
        images: The folder that images go to.
        passes: Layer by layer, camera by camera.
    """

    scene: str
    workspace: str
    images: str
    passes: tuple[RenderPass, ...]

    def chunks(self, size: int = 1) -> list[Chunk]:
        """Returns the work items: each pass in runs of so many frames.

        Raises:
            ValueError: `size` is below 1.
        """
        if size < 1:
            raise ValueError(f"chunk={size}: give 1 frame or more.")
        return [chunk for one in self.passes for chunk in _chunks(one, size)]

    def submit(self, executor: Executor, *, chunk: int = 1, **job: Any) -> list[farmfutures.Future]:
        """Submits all of it as one job, each work item being one run of Maya's command line renderer ``Render``.

        Args:
            executor: How workers look: its scene (`create_tempfile` for the one on screen), project, version, environment.
            chunk: How many frames one ``Render`` renders: it loads the scene once for them.
            **job: Job options.

        Returns:
            A future for each chunk, in order. Its result are the files that were written; an exit code that is not 0, and
            a render that wrote nothing, are a `RenderError` with the last lines of its output.

        Raises:
            OptionError: ``pack`` is among the options, which renders can't use.
            RenderError: There is nothing to render, or no scene that workers could open.
            SubmitError: As of every submit.
        """
        opened = self.open(executor, **job)
        with opened.batch as batch:
            for part in self.chunks(chunk):
                opened.add(part)
        return batch.futures

    def open(self, executor: Executor, **job: Any) -> Opened:
        """Starts the job of `submit`, for whoever adds the chunks by and by.

        Raises:
            OptionError: As of `submit`.
            RenderError: As of `submit`.
            SubmitError: As of `submit`.
        """
        if not self.passes:
            raise RenderError(f"{self.scene or 'the scene'} has nothing to render: make a layer and a camera renderable.")
        options: dict[str, Any] = {
            "name": f"Render {os.path.basename(self.scene) or 'untitled'}",
            "workspace": self.workspace,
            **job,
        }
        opens = executor.launch(**options)["settings"]
        if opens.get("pack"):
            raise OptionError("pack= is not for renders: Render opens a scene by itself, and maps no paths in it. Leave it out.")
        if not opens.get("filename"):
            raise RenderError("the scene was never saved: call create_tempfile() on the executor, or save it.")
        # Render is a Maya of its own, so that the worker needs none: a second one would cost a second licence.
        settings: dict[str, Any] = {"mayapy": opens.get("mayapy"), **(options.pop("settings", None) or {})}
        batch = executor.batch(interpreter=python_executable(), bootstrap=PREPARE, settings=settings, **options)
        return Opened(batch, (opens["filename"], opens["workspace"], self.images), opens.get("version"))


@dataclass(frozen=True)
class Opened:
    """The job of a plan, not submitted yet.

    Attributes:
        batch: What chunks are added to.
        fixed: Scene, project and folder of images.
        version: Which Maya renders.
    """

    batch: farmfutures.Batch
    fixed: tuple[str, str, str]
    version: str | None

    def add(self, chunk: Chunk) -> farmfutures.Future:
        """Adds a chunk."""
        return self.batch.submit_ext(RENDER, [*self.fixed, list(chunk.flags), self.version], name=chunk.name)


def _chunks(one: RenderPass, size: int) -> Iterator[Chunk]:
    frames = list(one.frames)
    for at in range(0, len(frames), size):
        run = frames[at : at + size]
        name = f"{one.layer} {one.camera} {_number(run[0])}" + (f"-{_number(run[-1])}" if len(run) > 1 else "")
        yield Chunk(name, tuple(one.flags(run[0], run[-1])))


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def render_plan() -> RenderPlan:
    """Reads from the open scene what it would render. The session stays as it is.

    Raises:
        NotInMayaError: There is no running Maya in this process, or this is not its main thread.
        RenderError: A layer can't be made the current one, or has a step that is not above 0.
    """
    require_maya("read what would be rendered")
    workspace = _cmds.workspace_root().rstrip("/")
    images = os.path.join(workspace, _cmds_inputs.file_rules().get("images") or "images").replace(os.sep, "/")
    layers = commands.renderable_layers()
    with _layer_kept():
        found = [one for layer in layers for one in _passes(layer, several=len(layers) > 1)]
    return RenderPlan(_cmds.scene_name(), workspace, images, tuple(found))


@contextlib.contextmanager
def _layer_kept() -> Generator[None, None, None]:
    current, modified = _cmds.render_layer(), _cmds.is_modified()
    try:
        with _cmds.no_undo():
            try:
                yield
            finally:
                _show(current)
    finally:
        if _cmds.is_modified() != modified:
            _cmds.set_modified(modified)


def _show(layer: str) -> None:
    if layer and layer != _cmds.render_layer():
        try:
            _cmds.set_render_layer(layer)
        except (RuntimeError, ValueError) as error:
            raise RenderError(f"the render layer {layer} can't be made the current one: {str(error).strip()}") from error


def _passes(layer: str, *, several: bool) -> list[RenderPass]:
    _show(layer)
    cameras = commands.renderable_cameras()
    start, end, step = commands.frame_range()
    if step <= 0:
        raise RenderError(f"the render layer {layer} renders every {step:g}. frame: give By Frame a value above 0.")
    prefix = _unambiguous(commands.image_prefix(), layers=several, cameras=len(cameras) > 1)
    width, height = commands.resolution()
    renderer = commands.renderer()
    return [RenderPass(layer, camera, renderer, start, end, step, prefix, width, height) for camera in cameras]


def _unambiguous(prefix: str, *, layers: bool, cameras: bool) -> str:
    """Returns image names that differ between layers and cameras: each is rendered by itself, so that Maya sees one only."""
    prefix = prefix or "<Scene>"
    plain = prefix.lower()
    if cameras and not any(token in plain for token in _CAMERA_TOKENS):
        prefix = f"<Camera>/{prefix}"
    if layers and not any(token in plain for token in _LAYER_TOKENS):
        prefix = f"<RenderLayer>/{prefix}"
    return prefix
