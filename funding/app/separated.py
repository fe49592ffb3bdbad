"""Tables as CSV for a spreadsheet: UTF-8 with its mark, and no text that becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

_AFTER_SEPARATOR = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@])")
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet may take what begins so for a formula


def as_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Headers and rows; a text that a spreadsheet could take for a formula gets an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for row in (headers, *rows):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def frame_csv(frame: pd.DataFrame) -> bytes:
    """A frame without its index; what is missing stays blank."""
    whole = frame.astype(object).where(frame.notna(), "")
    return as_csv([str(name) for name in whole.columns], whole.itertuples(index=False))


def guarded(text: str) -> str:
    """A text that no program takes for a formula, wherever it parts the line."""
    text = _AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{text}" if text.startswith(_RISKY) else text
