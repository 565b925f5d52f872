"""The Maya side of farmfutures. Import it as ``farmfutures.maya``, which works inside Maya too.

    executor.py    Executor: calls that run in headless Maya
    future.py      Future: its futures, which never freeze an interactive Maya
    main_thread.py what belongs on Maya's main thread gets there
    waiting.py     wait: for futures, with progress and a way to cancel
    vigil.py       the event loop of a wait, and its dialog (PySide6)
    undo.py        undo_step: what comes back is one step of undo
    session.py     Session: what is captured from a running Maya and rebuilt on the worker
    environ.py     which variables travel, which never do
    path_mapping.py which folders are the same place on which platform
    modules.py     what modules add to an environment
    scene.py       Snapshot: copies of the open scene that leave the session as it was
    store.py       where these copies are kept, by content
    uses.py        which jobs need them
    prune.py       removes those that none needs any more
    reach.py       the folder that an engine's machines share
    pack.py        the scene and what it needs, in a folder that travels
    manifest.py    what is in it
    unpack.py      lays it out on the worker
    render_plan.py what the open scene would render, layer by layer and camera by camera
    render.py      runs Maya's command line renderer on the worker
    mayapy.py      find the interpreter of a Maya version
    version_probe.py asks it for its version
    bootstrap.py   worker side: plug-ins, project, scene
    standalone.py  starts the worker's Maya in folders of its own, and takes leave of it
    launch_failures.py why it did not start: what is said then
    missing.py     files that the open scene needs and that are not there
    restore.py     the scene between two items, as it was opened
    checks.py      what is wrong with a job before it is submitted
    problems.py    what that finds: kinds, causes, places, fixes
    inputs.py      which files nodes name, collected in slices
    looks.py       what is looked at on disk, in threads
    disk.py        where paths lead, and looking for many files at once
    patterns.py    file names that stand for many: tiles, frames
    drives.py      which paths only this machine has
    aside.py       work that needs no Maya, while an interactive one is kept alive
    source.py      Python source as a call
    script.py       a script in a Maya that was made ready
    launch.py       a mayapy from outside of Maya
    probe.py        what a mayapy says of itself
    doctor.py       whether farmfutures fits the Mayas of this machine
    support.py      a zip for whoever helps, without secrets
    replay.py       its call, run again
    install.py      the module where Maya finds it, and away again
    vendoring.py    pyzmq and cloudpickle for Maya's Python
    submitting.py  what commands, menu and shelf hand over
    sticky.py      what was chosen for a scene the last time
    atomic.py      small files, written as a whole
    commands/      farmSubmit and farmPanel; these import Maya at once
    actions/       ready-made work for the farm, and how a studio adds its own
    outputs.py     where files of actions go
    menu.py        the menu in the main window
    panel/         the panel (PySide6)
    demo/          what `farmfutures demo` runs
    _cmds.py       the only room that calls maya.cmds, with
    _cmds_actions.py the calls that ready-made actions make
    _cmds_inputs.py  the calls about files that a scene names
    _cmds_render.py  the calls about what is rendered
    _cmds_ui.py      the calls about parts of the interface
    _cmds_watch.py   the calls that watch a scene and take changes back

Maya is imported inside functions, so that all of it loads in any Python. Public names live behind the door
``farmfutures.maya`` and carry its name; nothing here is pickled under ``farmfutures_maya``.
"""
