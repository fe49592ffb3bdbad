"""Groups that a scenario names: whether they exist, in its own classes and among applications."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from funding.case import Attribute, Case
from funding.fund import Fund


def unknown_class(attribute: Attribute, groups: Iterable[str], fund: Fund) -> Iterator[str]:
    """What is wrong with groups of an attribute whose groups the scenario itself defines."""
    known: tuple[str, ...] = ()
    if attribute == "size_class":
        if not fund.size_classes:
            yield "size_class needs a table [size_classes]"
        known = (*fund.size_classes, "metropolis")
    elif attribute == "partner_class":
        known = fund.all_partner_classes
    for group in groups:
        if known and group not in known:
            yield f'"{group}" is no {attribute}; there are {", ".join(known)}'


def nobody_applies(title: str, attribute: Attribute, group: str, case: Case) -> Iterator[str]:
    """A note where no activity, open or not, is in a group; with the nearest name that exists."""
    groups = case.groups(attribute, case.applications.activities)
    if group in groups:
        return
    near = difflib.get_close_matches(group, groups, 1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    yield f'{title}: nobody applies in {attribute} "{group}"{hint}'
