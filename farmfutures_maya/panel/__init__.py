"""The panel of Maya's window, and a window of its own. Only `control`, `told` and `news` load without PySide6; import the others
inside functions.

control.py    the workspace control that it lives in: opened, restored at start-up, taken away
alone.py      ... and the window of its own: ``farmfutures panel``
libraries.py  whether Qt can show a window on this machine
window.py     `Panel`: the whole
header.py     its head: search, kinds of jobs with their counts, whose jobs, how well the farm answers
notice.py     a bar that says something, with a button for what can be done about it
jobs/         the table of jobs
details.py    `Details`: what there is to know of the chosen job
items         its work items: strip, table, failures by cause
log           what an item printed
result        what it returned or raised, and the images that it made
verbs         what can be done to jobs and items: actions, counts, undo
waiting.py    why it does not run, and the button that helps
keys.py       the keys
key_list.py   ... shown over the panel
about.py      version, engine, and what the panel has cost Maya
memory.py     what is remembered from one day to the next
polite.py     when to hold still
submit/       the form that submits
news.py       what has happened to jobs from one look to the next
notify.py     ... and who is told of it: Maya's view, the system, the shelf
told.py       whether anybody is told in this process

feed.py       `Feed`: whatever is asked of the farm goes through it; no answer is waited for on the main thread
watch.py      the thread that looks at the jobs again and again
asks.py       the threads that put all other questions
carrier.py    brings what threads have to the thread of the interface
steady.py     a question that is put again and again

look.py       the visual language: colours, signs, distances, letters; nobody else makes up any
signs.py      how each sign is drawn
words.py      how numbers and times are said
flow.py       a layout whose parts follow one another like words
elided.py     a line of text that is never in the way
buttons.py    buttons, made in one line each
"""
