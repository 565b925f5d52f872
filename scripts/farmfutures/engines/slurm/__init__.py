"""Slurm: chunks of work items as tasks of job arrays.

launcher      what the spool asks for: start, look, cancel, hold; `SlurmLauncher`
commands      running Slurm's commands, and what their complaints mean
options       ``slurm_*`` and the core's options, as arguments of sbatch
requirements  the job option ``requirements`` in Slurm's words
script        the batch script
handles       the string that stands for an order, and its name in Slurm
look, states  squeue and sacct, in our words
output        the last words of a runner that failed
examine       what ``farmfutures engines check slurm`` finds
report        what it can do
"""
