"""Payments by year in whole units, in the proportions of each request.

Each year's payment is its proportional share of the award, rounded down or up to a whole unit;
an activity's payments add up to its award and each year stays within its envelope. Where the
proportional sums keep to the envelopes such a rounding always exists (the flow of a network
with whole capacities is whole), and a maximum flow finds it.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from funding.case import Awards, Case
from funding.errors import RowsBroken


def schedule(case: Case, awards: Awards) -> dict[str, dict[int, int]]:
    """Activity code → year → payment [cents], for every award above 0.

    Raises RowsBroken where the proportional payments exceed a year's envelope.
    """
    step, payments = case.fund.step, {}
    short: dict[str, int] = {}  # units still to be placed in one of the rounded years
    rounded: dict[str, list[int]] = {}
    for code, award in sorted(awards.items()):
        if not award:
            continue
        exact = {y: s * award for y, s in case.applications.payment_shares(code).items()}
        paid = {y: int(x // step * step) for y, x in exact.items()}
        payments[code] = paid
        short[code] = (award - sum(paid.values())) // step
        rounded[code] = [y for y, x in exact.items() if x != paid[y]]
    for code, year in _placed(case, payments, short, rounded):
        payments[code][year] += step
    return payments


def _placed(
    case: Case,
    payments: dict[str, dict[int, int]],
    short: dict[str, int],
    rounded: dict[str, list[int]],
) -> list[tuple[str, int]]:
    """Which of an activity's years are rounded up."""
    codes = [c for c in short if short[c]]
    if not codes:
        return []
    years = sorted({y for c in codes for y in rounded[c]})
    room = _room(case, payments, years, sum(short.values()))
    source, sink = len(codes) + len(years), len(codes) + len(years) + 1
    links = [(source, i, short[c]) for i, c in enumerate(codes)]
    for i, code in enumerate(codes):
        links += [(i, len(codes) + years.index(y), 1) for y in rounded[code]]
    links += [(len(codes) + k, sink, room[y]) for k, y in enumerate(years)]
    r, c, k = zip(*links, strict=True)
    graph = sparse.csr_matrix((np.array(k, dtype=np.int32), (r, c)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink)
    if flow.flow_value != sum(short[c] for c in codes):
        raise RowsBroken("The payments by year cannot keep to the envelopes by year.")
    moved = flow.flow.tocoo()
    return [
        (codes[i], years[j - len(codes)])
        for i, j, amount in zip(moved.row, moved.col, moved.data, strict=True)
        if amount > 0 and i < len(codes) and len(codes) <= j < source
    ]


def _room(
    case: Case, payments: dict[str, dict[int, int]], years: list[int], most: int
) -> dict[int, int]:
    """Year → units that can still be paid in it."""
    if not case.fund.envelopes:
        return dict.fromkeys(years, most)
    step = case.fund.step
    paid = {y: sum(p.get(y, 0) for p in payments.values()) for y in years}
    return {y: max(0, (case.fund.envelopes.get(y, 0) - paid[y]) // step) for y in years}
