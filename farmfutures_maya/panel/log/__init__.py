"""What a work item printed, however much that is.

kinds.py   which lines say that something is wrong
file.py    a log of any size: where its lines are, what is in them
view.py    its lines on screen
bar.py     its scroll bar, with marks
finder.py  the field to search in it
pane.py    these together, on the log of an item
"""
