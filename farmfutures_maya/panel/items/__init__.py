"""Work items of a job: a strip for the eye, a table for detail, failures by cause.

cells.py      how items are laid out as a strip
strip.py      the strip
rows.py       which items a table shows, and what is known of them
model.py      items as a table
table.py      the table
failures.py   failures by cause
pane.py       strip, table and failures together
"""
