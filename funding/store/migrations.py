"""How older workspaces are brought up to date: one step from each schema to the next.

A step runs within the transaction that also writes the new schema's number, after a backup.
It is written in SQL of its own, never with the classes of `tables`, which change later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa

Step = Callable[[sa.Connection], None]

STEPS: Mapping[int, Step] = {}
