"""Jobs as Open Job Description bundles: run on this machine, written for whoever runs them, or handed to AWS Deadline Cloud.

launcher      chunks of a job as tasks of a bundle
options       options that only this engine has; requirements: those of a host
report        what it can do
template      the job template, its parameters and what it refers to, as plain data; bundle: as files
place         where a bundle and whoever runs it here meet
here          who runs bundles: a process of this machine, the host
starting      starts that process
host          that process; sessions: one session after the other
written       nobody runs them: they are only written; deadline: AWS Deadline Cloud
keeper        on the worker, for a session: holds the interpreter between tasks
task          on the worker, for a task: has the keeper run a chunk, and tells the session how it goes
telling       how a chunk goes, in words; wire: what task and keeper say to each other
owner         whoever runs the session: what was started for it does not outlive it
"""
