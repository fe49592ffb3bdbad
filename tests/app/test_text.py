"""Text of users stays text; sentences on the gap."""

from __future__ import annotations

import string

import pytest

from funding.app.text import JOINER, count, gap_words, listed, plain


def test_all_punctuation_is_escaped() -> None:
    assert plain(string.punctuation.replace("@", "")) == "".join(
        f"\\{mark}" for mark in string.punctuation if mark != "@"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** :red[x]", r"\*\*bold\*\* \:red\[x\]"),
        ("$x$ <b>", r"\$x\$ \<b\>"),
        ("two\n\n# lines", r"two \# lines"),
        ("=1+1", r"\=1\+1"),
        ("www.x.org", rf"www{JOINER}\.x\.org"),
        ("http://x", rf"http{JOINER}\:\/\/x"),
        ("a@b.c", rf"a{JOINER}\@b\.c"),
    ],
)
def test_text_is_shown_as_it_stands(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_message_of_several_lines_is_a_list() -> None:
    assert listed("Two faults:\n  a*\n  b") == "Two faults\\:\n\n- a\\*\n- b"


def test_counts() -> None:
    assert [count(1, "city", "cities"), count(2000, "city", "cities")] == ["1 city", "2,000 cities"]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "the best possible"),
        (0.00021, "at most 0.03 % below the best possible"),  # rounded up, never down
        (0.0003, "at most 0.03 % below the best possible"),
    ],
)
def test_the_gap_is_never_understated(gap: float, words: str) -> None:
    assert gap_words(gap) == words
