"""The embedded engine: one broker for a user and a machine, no set-up.

client, listener   in the submitting process: journal, bell, futures
journal            what a client hands over, safe before ``submit`` returns
broker             the loop; clients, requests, dispatch and ledger are its parts
steering, reasons  what is changed by hand; why something does not run
resubmit           items of a job as those of another one
queue              what runs next, a window onto the database
attempts           how often items ran, and what the death of an interpreter means for one
store, schema      SQLite, the truth
specs, vault       what a job asks for, as text; its secrets, apart
history, rebuild   what is removed in time; what is saved of a damaged database
pool               interpreters and their supervisors
arrivals           what is not in the database yet
wire               messages; they travel over `unix` sockets, or elsewhere by `curve` (pyzmq)
ears               what the broker waits for
report             what the engine can do, and whether it is fit for it
folder, lock       the state folder, and one broker for it
crash              points at which tests have the broker die
"""
