"""What a work item returned or raised, and the images that it made.

readable.py   a value as text
images.py     files of images among what an item returned and printed
picture.py    one image, as large as there is room
pane.py       these together, on the result of an item
"""
