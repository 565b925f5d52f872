"""The jobtype: what runs the calls, on any engine.

supervisor  owns one interpreter: starts it, feeds it work items, watches the process, kills what must be killed
child       runs inside that interpreter, on its main thread: bootstrap, calls, outcomes
spawn       starts supervisors: for whoever hands out work, the broker or a runner
channel     the two socket pairs that join them, and what goes through
deaths      what the death of an interpreter means for the item that it ran
page        one page of shared memory: which item runs now, and from which grant on nothing may start
logs        file descriptors 1 and 2 into one file per item
stage       what an interpreter is doing while it is made ready, and what it may be if it dies then
context     what a call can ask while it runs: progress, ids
environ     what an interpreter gets of the environment of whoever starts it
processes   process trees: find them and end them
memory      whether the system killed somebody for want of memory
interpreter a place for one interpreter that a runner starts, or that is kept between chunks
runner      runs a chunk of a job in a shared folder: the one command line that farms start
beginning   how a run begins; earlier: what runs before it have left; here: the interpreter as it is to be on this machine
chunk       the items of a run; ahead: their calls; settle: what becomes of them; outbox: how that is written down
wishes      what the client wants of a run
rehearse    loads the calls of a job that is only tried
"""
