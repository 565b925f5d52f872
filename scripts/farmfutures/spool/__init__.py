"""A job in a folder that client and workers share: what lies in it, and that it is ours.

seal       whether a file is ours, asked before anything in it is looked at
layout     which file is where
items      work items as text, "10-19"
package    the job: its specification and its calls
orders     what was handed to the engine
marks      what the client wants of runners: cancel, kill, pause, run again
runs       what runners say: who runs what, and how they are getting on
fences     whose word counts, where a chunk ran more than once
outcomes   what became of work items

Written by one side, read by the other, at any time and over a network: each file appears whole, by its new name, and a
reader takes what it does not find yet for something that may still come.
"""
