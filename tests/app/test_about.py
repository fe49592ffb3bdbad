"""The foot of every page: who made it, under which licence, and how it decides."""

from __future__ import annotations

import re

import pytest

from funding import __version__
from funding.app import about
from tests.app.support import bench, button, sound, start, turn, words

PAGES = ["applications", "scenarios", "allocation", "compare", "decide"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_ends_with_version_licence_and_credit(page: str) -> None:
    told = words(turn(start(), page))
    for words_of in (f"City funding {__version__}", "EUPL-1.2", "GeoNames, CC BY 4.0"):
        assert words_of in told


def test_the_method_opens_over_the_page_and_leads_nowhere() -> None:
    """No address in it, in any form that Markdown or the browser would make a link of."""
    at = sound(button(start(), "About and method").click().run())
    told = words(at)
    for title, _ in about.METHOD:
        assert f"**{title}**" in told
    assert "docs/model.md" in told
    assert not re.search(r"https?:|www\.|\]\(", told)


def test_the_foot_stands_also_where_a_page_fails() -> None:
    at = start()
    del bench(at).drafts  # as a slip of ours would
    at.run()
    assert any("could not be drawn" in e.value for e in at.error)
    assert f"City funding {__version__}" in words(at)
