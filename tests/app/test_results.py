"""Tables, sentences and the chart made from results."""

from __future__ import annotations

import pandas as pd
import pytest

from funding.app.results import difference_words, found, stream_chart, stream_title


def shares(a: tuple[float, float], b: tuple[float, float] | None) -> pd.DataFrame:
    rows = [
        {"Stream": stream, "Scenario": side, "Awarded": 100 * share, "Share": share, "Label": ""}
        for side, parts in (("A", a), ("B", b))
        if parts is not None
        for stream, share in zip(("financing", "training"), parts, strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("a", "b", "title"),
    [
        ((0.9, 0.1), (0.75, 0.25), "Financing takes 90.0 % of the awards in A and 75.0 % in B"),
        ((0.9, 0.1), (0.9, 0.1), "Financing takes 90.0 % of the awards in both scenarios"),
        ((0.4, 0.6), None, "Training takes 60.0 % of the awards in A"),
    ],
)
def test_the_chart_is_titled_by_what_it_shows(
    a: tuple[float, float], b: tuple[float, float] | None, title: str
) -> None:
    assert stream_title(shares(a, b)) == title


def test_the_chart_has_a_bar_for_each_stream_and_side() -> None:
    spec = stream_chart(shares((0.9, 0.1), (0.75, 0.25)), "EUR").to_dict()
    (data,) = spec["datasets"].values()
    assert [(row["Scenario"], row["Stream"], row["Awarded"]) for row in data] == [
        ("A", "financing", 90), ("A", "training", 10),
        ("B", "financing", 75), ("B", "training", 25),
    ]  # fmt: skip
    assert spec["layer"][0]["encoding"]["x"]["title"] == "Awarded, EUR"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([0.0, 0.0], "Every city gets the same in A and B."),
        (
            [500.0, -200.0, -300.0, 0.0],
            "From A to B 1 city gains 500 EUR, 2 cities lose 500 EUR, 1 gets the same.",
        ),
        ([-200.5, 0.0, 0.0], "From A to B 1 city loses 200.50 EUR, 2 get the same."),
    ],
)
def test_differences_in_a_sentence(changes: list[float], words: str) -> None:
    assert difference_words(pd.DataFrame({"B − A": changes}), "EUR") == words


def test_the_search_takes_every_word_as_text() -> None:
    frame = pd.DataFrame(
        {"City": ["Aix", "Brest", None], "Region": ["South", "West (old)", "South"], "n": [1, 2, 3]}
    )
    assert list(found(frame, "SOUTH aix", only_different=False)["n"]) == [1]
    assert list(found(frame, "(old", only_different=False)["n"]) == [2]
    assert list(found(frame, "", only_different=False)["n"]) == [1, 2, 3]
    assert list(found(frame, "north", only_different=False)["n"]) == []
    assert list(found(frame[:0], "x", only_different=False)["n"]) == []


def test_only_what_differs() -> None:
    frame = pd.DataFrame({"City": ["Aix", "Brest"], "B − A": [0.0, -1.0]})
    assert list(found(frame, "", only_different=True)["City"]) == ["Brest"]
