"""Page Decide and export: one allocation is adopted, with a reason, and everything is handed on."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import streamlit as st

from funding.app import adoption, exports, offers, outward
from funding.app.award_figures import proof
from funding.app.exports import Progress, Ready
from funding.app.parts import file_name, no_applications, result_of
from funding.app.proving import proved
from funding.app.results import Failed, Made, Stale, at_hand, result
from funding.app.state import Adopted, Workbench, workbench
from funding.app.text import count, listed, plain
from funding.app.workspace import keep_allocation
from funding.awards import Allocation
from funding.errors import UsageError

AWARDS, PROPOSAL = "Award workbook", "Proposal"
RESULT, DECISION = "Result as JSON", "Record of the decision"
COMPARISON, APPLICATIONS, SCENARIOS = (
    "Comparison workbook",
    "Applications workbook",
    "Scenario files",
)


def show() -> None:
    """Choose, adopt, hand on."""
    bench = workbench()
    st.markdown("#### Decide")
    _choice(bench)
    allocation = _adopted(bench)
    st.markdown("#### The decision, to hand on")
    if bench.adopted is None:
        st.caption("Adopt an allocation first: what goes out is what was decided.")
    _decision(bench.adopted, allocation)
    st.markdown("#### The work, to hand on")
    _work(bench)


def _choice(bench: Workbench) -> None:
    """The scenario in hand, what it awards, and the form that adopts it."""
    if not bench.names:
        st.info("There is no scenario. Open or make one on page Scenarios.")
        return
    outcome = _at_hand(bench, bench.current)
    if outcome is None:
        no_applications(bench)
        return
    if isinstance(outcome, Stale):
        _waiting(bench, outcome)
        return
    if isinstance(outcome, Failed):
        st.error(listed(f"{outcome.name}: no allocation to adopt.\n{outcome.problem}"))
        return
    allocation = outcome.allocation
    with st.container(border=True):
        about, form = st.columns([1, 1], gap="large")
        with about:
            st.markdown(
                f"**{plain(outcome.name)}**, the scenario in hand  \n"
                f"{plain(adoption.headline(allocation))}"
            )
            st.caption(plain(proof(allocation)))
            _proposal(allocation)
        with form:
            _form(bench, outcome.name, allocation)


def _at_hand(bench: Workbench, name: str) -> Made | Failed | Stale | None:
    """A scenario's allocation where it is known or quickly found; None without applications."""
    applications, scenario = bench.applications, bench.draft(name).scenario
    if applications is None or scenario is None:
        return result_of(bench, name)
    return at_hand(name, applications, scenario)


def _waiting(bench: Workbench, stale: Stale) -> None:
    """A large fund whose inputs changed: it is allocated when that is asked for."""
    st.info(
        plain(
            f"{stale.name} is not allocated yet with the present inputs. The last allocation of "
            f"these applications took {stale.seconds:.0f} s."
        )
    )
    applications, scenario = bench.applications, bench.draft(stale.name).scenario
    pressed = st.button("Allocate", type="primary", key="allocate")
    if pressed and applications is not None and scenario is not None:
        result(stale.name, applications, scenario)
        st.rerun()


def _proposal(allocation: Allocation) -> None:
    """The award workbook before anything is adopted, for those who decide."""
    columns = offers.described(
        PROPOSAL, "For those who decide: the award workbook, before.", narrow=True
    )
    key = adoption.fingerprint(allocation)
    offers.offer(PROPOSAL, columns, key, lambda _: proved(allocation, key).file)


def _form(bench: Workbench, name: str, allocation: Allocation) -> None:
    with st.form("adopt", border=False):
        reason = st.text_area(
            "Reason", key="reason", max_chars=2000, height=96, persist_state="session"
        )
        author = st.text_input("Adopted by", key="author", max_chars=200, persist_state="session")
        pressed = st.form_submit_button("Adopt this allocation", type="primary")
    if not pressed:
        return
    lacking = adoption.missing(reason or "", author or "")
    if lacking:
        st.error("\n\n".join(lacking))
        return
    now = dt.datetime.now(dt.UTC)
    key = keep_allocation(allocation, name)
    bench.adopted = adoption.adopted(name, allocation, reason or "", author or "", now, key)
    st.toast("Adopted")


def _adopted(bench: Workbench) -> Allocation | None:
    """What is adopted, and its allocation while that is still the one of the inputs."""
    made = bench.adopted
    if made is None:
        return None
    allocation, wrong = _standing(bench, made)
    with st.container(border=True):
        about, action = st.columns([3, 1], vertical_alignment="center")
        badge = ":green-badge[Of the present inputs]"
        if wrong:
            badge = ":orange-badge[Older than its inputs]"
        title = plain(f"Adopted: {made.scenario}")
        reason, signed = plain(made.reason), plain(adoption.signed(made))
        if wrong:
            about.markdown(f"**:gray[{title}]** {badge}  \n:gray[{signed}]  \n:gray[{reason}]")
        else:
            about.markdown(f"**{title}** {badge}  \n{signed}  \n{reason}")
        if action.button("Withdraw the adoption", width="stretch"):
            bench.adopted = None
            st.rerun()
        if wrong:
            about.warning(
                listed(
                    "\n".join(
                        [
                            "What was adopted is older than its inputs, so nothing of it can be "
                            "exported. Adopt again, or bring the inputs back:",
                            *wrong,
                        ]
                    )
                )
            )
        elif allocation is not None:
            about.caption(plain(adoption.headline(allocation)))
    return allocation


def _standing(bench: Workbench, made: Adopted) -> tuple[Allocation | None, list[str]]:
    """The adopted allocation, or what of its inputs is another now."""
    listed_now = made.scenario in bench.names
    scenario = bench.draft(made.scenario).scenario if listed_now else None
    wrong = list(adoption.changes_since(made, bench.applications, scenario, listed=listed_now))
    if wrong:
        return None, wrong
    outcome = _at_hand(bench, made.scenario)
    if isinstance(outcome, Made):
        return outcome.allocation, []
    if isinstance(outcome, Stale):
        return None, [f"Take {made.scenario} in hand and press Allocate: it is not at hand now."]
    problem = outcome.problem if outcome is not None else ""
    return None, [f"It could not be allocated again. {problem}"]


def _decision(made: Adopted | None, allocation: Allocation | None) -> None:
    """What is made of the adopted allocation; nothing while there is none."""
    key = adoption.fingerprint(allocation) if allocation is not None else ""
    prove = partial(proved, allocation, key) if allocation is not None else None
    with st.container(border=True):
        columns = offers.described(
            AWARDS,
            "For the director, the accountants and the auditor: awards, reasons, rules and checks "
            "as live formulas, with all inputs. The file is proof by itself: the command funding "
            "verify FILE checks every rule and cell without a solver, and funding replay FILE "
            "solves it again.",
        )
        offers.offer(AWARDS, columns, key, (lambda _: prove().file) if prove else None)
    outward.letters(key, prove)
    outward.open_data(key, prove)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        _, action = offers.described(
            RESULT, "For other programs: every award with its reasons.", narrow=True
        )
        offers.at_once(
            action,
            RESULT,
            _name(allocation, ".json"),
            exports.JSON,
            partial(exports.result_file, allocation) if allocation is not None else None,
        )
    with right.container(border=True, height="stretch"):
        _, action = offers.described(
            DECISION,
            "For the file: who adopted what, when and why, with the inputs' hashes.",
            narrow=True,
        )
        make = None
        if made is not None and allocation is not None:
            make = partial(exports.decision_file, made, allocation)
        offers.at_once(action, DECISION, _name(allocation, ".decision.txt"), exports.TEXT, make)


def _work(bench: Workbench) -> None:
    """What needs no decision: the comparison, the applications, the scenarios."""
    with st.container(border=True):
        names = list(dict.fromkeys([bench.reference, *bench.others])) if bench.names else []
        told = f" Chosen there: {', '.join(names)}." if names else ""
        columns = offers.described(
            COMPARISON,
            "For the meeting: the scenarios chosen on page Compare beside each other, and beside "
            f"what is done today on the same rules.{told}",
        )
        ready = bench.applications is not None and len(names) > 1
        make = partial(_comparison, bench, names) if ready else None
        offers.offer(COMPARISON, columns, _comparison_key(bench, names), make)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        _applications(bench)
    with right.container(border=True, height="stretch"):
        _scenarios(bench)


def _comparison_key(bench: Workbench, names: list[str]) -> tuple[Any, ...]:
    """What the comparison is made of; scenarios to the letter."""
    given = bench.applications.digest if bench.applications is not None else ""
    scenarios = [bench.draft(name).scenario for name in names]
    return (given, *names, *(s.to_toml() if s is not None else "" for s in scenarios))


def _comparison(bench: Workbench, names: list[str], progress: Progress) -> Ready:
    """Raises UsageError where a scenario has no allocation."""
    found = []
    for name in names:
        outcome = result_of(bench, name)
        if not isinstance(outcome, Made):
            problem = outcome.problem if outcome is not None else ""
            raise UsageError(f"{name} has no allocation to compare.\n{problem}")
        found.append(outcome.allocation)
    return exports.comparison_file(found, progress)


def _applications(bench: Workbench) -> None:
    given, intake = bench.applications, bench.intake
    _, action = offers.described(
        APPLICATIONS,
        "For colleagues: the applications as used, with the edits applied.",
        narrow=True,
    )
    if given is None or intake is None:
        offers.at_once(action, APPLICATIONS, "", exports.EXCEL, None)
        return
    name = file_name(given.call.reference, "applications", suffix=".xlsx")
    make = partial(exports.applications_file, given, name)
    offers.at_once(action, APPLICATIONS, name, exports.EXCEL, make)


def _scenarios(bench: Workbench) -> None:
    """The scenario in hand, or all of them; what is no scenario yet is left out, and told."""
    _, action = offers.described(
        SCENARIOS,
        "For the next meeting and the command line: TOML files that stand alone.",
        narrow=True,
    )
    drafts = {name: bench.draft(name).scenario for name in bench.names}
    usable = {name: scenario for name, scenario in drafts.items() if scenario is not None}
    with action:
        current = usable.get(bench.current)
        make = partial(exports.scenario_file, bench.current, current) if current else None
        name = file_name(bench.current, suffix=".toml")
        offers.at_once(action, "Scenario in hand", name, exports.TOML, make)
        every = partial(exports.scenarios_file, usable) if usable else None
        offers.at_once(action, "All scenarios", "scenarios.zip", exports.ZIP, every)
    out = len(drafts) - len(usable)
    if out:
        are = "is" if out == 1 else "are"
        st.caption(f"{count(out, 'scenario')} that cannot be used as {are} left out.")


def _name(allocation: Allocation | None, suffix: str) -> str:
    if allocation is None:
        return ""
    return file_name(
        allocation.applications.call.reference, allocation.scenario.name, suffix=suffix
    )


show()
