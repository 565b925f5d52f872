"""Dask: an engine that starts command lines on the workers of a cluster that is there.

launcher     what the rest of farmfutures talks to
link         the connection to the scheduler, or a small cluster of one's own
reach        why there is no connection, in a sentence
capabilities what it can do, and which job options it has
resources    the job option requirements, as Dask's resources
lookout      what ``farmfutures engines check dask`` looks at
desk         on the scheduler: how chunks stand, which may start, what is taken away
ledger       what the desk knows of orders
station      on each worker: owns the processes that run chunks
runner       one such process, as the worker sees it
task         what Dask runs for a chunk

Results do not travel through Dask. Scheduler and workers need the same farmfutures, with its extra ``dask``; nothing in here but
`launcher`, `capabilities` and `resources` is imported before Dask is asked for something.
"""
