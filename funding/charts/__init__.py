"""Charts of studies and comparisons, for the workbench and for files."""

from funding.charts.kinds import (
    ACCENT,
    FAINT,
    INK,
    SECOND,
    Chart,
    Row,
    Scale,
    curves,
    data_of,
    headed,
    heat,
    png,
    svg,
    wrapped,
)
from funding.charts.studies import frontier_chart, sweep_chart
from funding.charts.trades import frontier

__all__ = [
    "ACCENT",
    "FAINT",
    "INK",
    "SECOND",
    "Chart",
    "Row",
    "Scale",
    "curves",
    "data_of",
    "frontier",
    "frontier_chart",
    "headed",
    "heat",
    "png",
    "svg",
    "sweep_chart",
    "wrapped",
]
