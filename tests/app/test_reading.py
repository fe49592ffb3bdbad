"""The measure of contrast itself, against published values."""

from __future__ import annotations

import pytest

from tests.app.reading import Colour, colour_of, contrast

WHITE, BLACK = Colour(255, 255, 255), Colour(0, 0, 0)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        (WHITE, BLACK, 21.0),
        (WHITE, WHITE, 1.0),
        (Colour(118, 118, 118), WHITE, 4.54),  # #767676, the lightest grey that passes on white
        (Colour(119, 119, 119), WHITE, 4.48),  # #777777, which does not
        (Colour(255, 0, 0), WHITE, 4.0),
    ],
)
def test_contrast_of_known_pairs(one: Colour, other: Colour, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("css", "colour"),
    [
        ("rgb(1, 2, 3)", Colour(1, 2, 3)),
        ("rgba(1, 2, 3, 0.5)", Colour(1, 2, 3, 0.5)),
        ("color(srgb 1 0 0.2 / 0.4)", Colour(255, 0, 51, 0.4)),
    ],
)
def test_colours_are_read(css: str, colour: Colour) -> None:
    assert colour_of(css) == pytest.approx(colour)


def test_half_black_on_white_is_grey() -> None:
    assert BLACK._replace(alpha=0.5).over(WHITE) == Colour(127.5, 127.5, 127.5)
