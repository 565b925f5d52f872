"""The same work on us and on others, side by side: ``python -m benchmarks``, or ``make bench``.

model      plain data: metrics, measures, samples, a run; the `Peer` protocol
work       what workers run
peers      one room a peer: us, pools, brokers, raw sockets, a process an item
measures   one room a measure: what is run, with what sizes, what figures come out
cell       one peer, one measure, once, in a process of its own
runner     starts cells, peers alternating, round by round, and cleans up behind them
goals      what we hold ourselves to, as ratios of one run
report     tables; plot: the picture
machine    what it ran on
"""
