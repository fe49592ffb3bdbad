"""The award workbook of an allocation, made and verified once for every page that needs it."""

from __future__ import annotations

import streamlit as st

from funding.app import exports
from funding.app.exports import Proved
from funding.awards import Allocation
from funding.errors import FundingError


def proved(allocation: Allocation, key: str) -> Proved:
    """The award workbook of an allocation, whose fingerprint is the key. Raises FundingError."""
    found = _workbook(allocation, key)
    if isinstance(found, FundingError):
        raise found
    return found


@st.cache_resource(max_entries=4, show_spinner="Writing the award workbook, and verifying it …")
def _workbook(_allocation: Allocation, key: str) -> Proved | FundingError:
    # Shared by all sessions, so the key holds the whole content.
    try:
        return exports.awards_file(_allocation)
    except FundingError as error:
        return error
