"""The form that submits: what to run, on what, how; everything that is wrong beside its field; the same as Python.

form.py         `SubmitForm`: the whole
bar.py          the bar below it: what would come of it, presets, the button
window.py       the window of it
sections.py     the fields that every action has, in parts that fold
fields.py       the fields of an action, made from its parameters
editors.py      what a value is edited with: a line, a number, a choice, a script, a path, a list
row.py          a field: its name, its editor, what is wrong with it and what would mend that
frames.py       the frames, and what they mean
tabs.py         in which order Tab goes through it
nodes.py        the nodes, and the selection
environment.py  what travels and what is held back, by name
sending.py      how it goes: copy, checks, filling, handing over, a step at a time
progress.py     how far that is, and what the checks found
draft.py        what is not submitted yet, kept through crashes
remembered.py   what was submitted for a scene the last time
presets.py      what people keep under a name, and what a studio offers
copying.py      the dialog with the script that does the same
"""
