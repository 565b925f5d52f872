"""Behind the stand-in's ``maya`` package.

tokens.py     statements of Maya ASCII
scene.py      nodes, attributes, connections, references
reader.py     Maya ASCII to a scene
writer.py     a scene to Maya ASCII
names.py      short and long names of attributes
curves.py     animation curves
evaluate.py   what a plug is worth at a time
world.py      the session: the open scene and what surrounds it
startup.py    start and end, and how they fail
modules.py    module files
flags.py      which flags a command has
commands/     the commands, a room for each family
"""
