"""Jobs in a shared folder, run by engines that start command lines: Slurm, Dask, Open Job Description.

launcher    what such an engine must do: start chunks, say how they stand, cancel them
engine      the client's side of it: what executors and farms use
handover    a job into the folder, its chunks to the engine
chunks      how many work items one command line gets
view        a job as its folder shows it
standing    what was ordered of a job, and how its chunks stand
job         both of these, and the futures that wait
watcher     the thread that looks
missing     what becomes of items whose chunk is gone
settle      the client's own word on items that nobody runs
requests    questions, answered from folders; `rows` makes the answers
summary     how a job ended, in one small file for lists
history     what is removed in time
steering    verbs
reasons     why something does not run
report      what all such engines can do
"""
