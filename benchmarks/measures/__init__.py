"""What is measured, in the order of the tables."""

from __future__ import annotations

from ..model import Measure
from . import (
    big,
    bootstrap,
    capture,
    check,
    clusters,
    handover,
    idle,
    imports,
    latency,
    map,
    panel,
    payload,
    restore,
    rows,
    scale,
    submit,
    wires,
)

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        submit.MEASURE, map.MEASURE, map.AUTO, latency.MEASURE, payload.MEASURE, big.MEASURE, bootstrap.MEASURE, scale.MEASURE,
        handover.MEASURE, capture.MEASURE, check.MEASURE, restore.MEASURE, imports.MEASURE, idle.MEASURE, wires.MEASURE,
        rows.MEASURE, panel.MEASURE, clusters.SLURM, clusters.DASK,
    )
}  # fmt: skip
