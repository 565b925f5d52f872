"""What can be done to jobs and work items.

targets.py    what a verb is for, and how that stands
table.py      the verbs: what each is for, how it is done, how it is undone
orders.py     orders in which the items of a job may go
places.py     where an item's log and files are
resubmit.py   the form to submit a job once more, with changes
actions.py    verbs as actions with counts, keys and menus; confirmed or undone
"""
