"""The job list, a panel of Maya's window. Only `control` loads without PySide6; import the others inside functions.

control.py    the workspace control that it lives in: opened, restored at start-up, taken away
job_list.py   the widget
model.py      jobs as a table
look.py       the visual language: colours, signs, distances, letters; nobody else makes up any
signs.py      how each sign is drawn
bar.py        the bar of a job
feed.py       `Feed`: whatever is asked of the farm goes through it; no answer is waited for on the main thread
watch.py      the thread that looks at the jobs again and again
asks.py       the threads that put all other questions
"""
