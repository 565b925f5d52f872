"""The jobs of the panel. `eta` and `filters` load without PySide6.

table.py     the table: choice, sort, columns
model.py     jobs as rows, changed where something changed
columns.py   what columns there are: their texts, their order, which of them give way in a narrow panel
cells.py     how a state and a bar are drawn in a cell
filters.py   which jobs are shown, and how many there are of each kind
eta.py       how long a job will still take: a range, or nothing
"""
