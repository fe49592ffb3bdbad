"""The foot of every page: version, licence and credits, and the method in plain words."""

from __future__ import annotations

import streamlit as st

from funding import __version__
from funding.app.text import plain

LICENCE = "EUPL-1.2"
CREDIT = "cities of the sample fund: GeoNames, CC BY 4.0"
TITLE = "About, method and credits"

METHOD = (
    (
        "What is decided",
        "An award for each activity: a whole number of units, such as 100 EUR. Never more than "
        "was asked for, and nothing or at least what makes the activity worth doing, where the "
        "scenario respects that amount.",
    ),
    (
        "How",
        "A linear programme looks at all awards at once. Of all that hold every rule of the "
        "scenario it takes those that are worth most: by score for each unit of money, by score "
        "for each project, or by the people who are reached, as the scenario says. Ranking from "
        "best to worst until the money runs out finds the same only while the envelope is the "
        "only rule that several cities share.",
    ),
    (
        "Equals",
        "Of the allocations that are worth most the most even one is taken, so that neither the "
        "alphabet nor the solver decides between equals. Where a place or a unit cannot be "
        "shared, the declared order decides, and then a lot that anybody can draw again from the "
        "published draw number. The allocation names all for whom order or lot decided.",
    ),
    (
        "What is proved",
        "Every rule is checked once more on the final amounts, in whole numbers and without the "
        "solver; awards that break one cannot be shown. How far the value can be from the best "
        "possible is a bound that a certificate in the award workbook proves. The workbook holds "
        "all inputs, so that the commands funding verify and funding replay check it, and do it "
        "again, from the file alone.",
    ),
    (
        "Why an award is what it is",
        "Each activity that is not funded in full names the rules that leave no room for more, "
        "or the gate that it did not pass. What would have helped is found by solving again.",
    ),
    (
        "When no allocation exists",
        "The rules that contradict each other are named, and what would put it right is priced. "
        "No rule is relaxed without your word.",
    ),
    (
        "What it does not do",
        "Scores are taken as they are given: the tool judges no application. A decision by hand "
        "needs a written reason and counts as a rule. What the rules should be is not for a "
        "model to say; scenarios show what each choice costs.",
    ),
)

USED = (
    "Made with PuLP, HiGHS and Clarabel (solving), pandas, pydantic, Streamlit and Altair "
    "(this workbench), openpyxl and XlsxWriter (workbooks), Jinja (letters)."
)


def footer() -> None:
    """One line at the foot of a page, and the button that opens the method."""
    line, more = st.columns([4, 1], vertical_alignment="center")
    line.caption(plain(f"City funding {__version__} · licence {LICENCE} · {CREDIT}"))
    if more.button("About and method", key="about", type="tertiary", width="stretch"):
        _about()


@st.dialog(TITLE, width="large")
def _about() -> None:
    """The method in plain words; nothing in it leads out of the workbench."""
    st.markdown(
        "This tool proposes how a national fund for the international work of cities is shared: "
        "national money that complements a city's own engagement and does not steer it."
    )
    for title, words in METHOD:
        st.markdown(f"**{plain(title)}**  \n{plain(words)}")
    st.caption(
        "The whole model, rule by rule with its formula and an example by hand, is in "
        "docs/model.md of the tool's repository."
    )
    st.markdown("**Credits and licence**")
    st.markdown(
        plain(
            f"City funding {__version__} is free software under the European Union Public "
            f"Licence ({LICENCE}). Names, populations, regions and positions of the sample "
            "fund's cities come from GeoNames, under CC BY 4.0; all else in the sample is "
            f"invented. {USED}"
        )
    )
    st.markdown(
        plain(
            "The workbench answers this machine alone, asks no other, and sends no statistics. "
            "Its log holds no applicant's data."
        )
    )
