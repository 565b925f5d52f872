"""Jobs in a shared folder, run by engines that start command lines: Slurm, Dask, Open Job Description.

launcher.py   what such an engine must do: start chunks, say how they stand, cancel them
"""
