"""What can be handed on, as bytes with a file name: made from values, without a widget."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from funding import files, letters, money, places
from funding.app.parts import file_name
from funding.app.state import Adopted
from funding.app.text import count
from funding.applications import Applications
from funding.awards import Allocation
from funding.compare import compare
from funding.errors import Fault
from funding.publish import CityFacts, Facts, cities_in, publication
from funding.report import award_workbook, comparison_workbook
from funding.result import as_json
from funding.scenario import Scenario
from funding.stated import stated_in
from funding.verify import Verified, verified
from funding.workbook import write_applications

Progress = Callable[[int, int], None]

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON, TOML, ZIP, TEXT = "application/json", "application/toml", "application/zip", "text/plain"

_OLDEST = (1980, 1, 1, 0, 0, 0)  # so that the same files give the same archive

# What the command line calls what the user says of a publication, and its field on the page.
FIELDS = {
    "--prefix": "Publisher prefix",
    "--publisher": "Publisher",
    "--publisher-id": "Publisher's identifier",
    "--register": "Register of identifiers",
    "--decided": "Day of the decision",
    "--agreed": "Day of the agreements",
    "--decision": "Reference of the decision",
    "--de-minimis": "De minimis aid",
    "--cities": "Identifiers and days by city",
}
_EITHER = re.compile(r"--(de-minimis) or --no-\1")
_EXAMPLE = re.compile(r"(?<=such as )--[a-z-]+ (?=\S)")
_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*[a-z])(?: FILE\.csv)?")


@dataclass(frozen=True)
class Ready:
    """A file to hand on: its name, what is in it, its media type, and a sentence about it."""

    name: str
    data: bytes
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Proved:
    """An award workbook and what verifying its own bytes found."""

    file: Ready
    verified: Verified


def awards_file(allocation: Allocation) -> Proved:
    """The award workbook, read back and verified before anybody gets it.

    Raises RowsBroken where it does not verify, InputError for a text too long for a cell.
    """
    name = file_name(*_stem(allocation), suffix=".awards.xlsx")
    data = award_workbook(allocation)
    found = verified(stated_in(name, data))
    words = f"Verified: {found.rows:,} rows of its scenario hold, all cells and hashes agree."
    if found.certified_gap is not None:
        below = money.percent(max(found.certified_gap, 0.00001), 3)
        words += f" At most {below} below the best possible, proved by its certificate."
    return Proved(Ready(name, data, EXCEL, words), found)


def result_file(allocation: Allocation) -> Ready:
    """The result as JSON."""
    text = json.dumps(as_json(allocation), ensure_ascii=False, indent=2)
    return Ready(file_name(*_stem(allocation), suffix=".json"), text.encode(), JSON)


def decision_file(adopted: Adopted, allocation: Allocation) -> Ready:
    """The record of the decision, to be filed: what was adopted, by whom, when and why."""
    call = allocation.applications.call
    lines = {
        "Fund": call.fund,
        "Reference": call.reference,
        "Scenario": adopted.scenario,
        "Adopted by": adopted.author,
        "Adopted at": f"{adopted.time.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
        "Reason": adopted.reason,
        "Awarded": money.show(allocation.spent, call.currency),
        "Cities with an award": f"{allocation.served:,} of {len(allocation.applications.cities):,}",
        "Applications, SHA-256": adopted.applications,
        "Scenario, SHA-256": adopted.content,
        "Award workbook": file_name(*_stem(allocation), suffix=".awards.xlsx"),
    }
    # A line break in a text would pass for another item.
    text = "".join(f"{item}: {' '.join(value.split())}\n" for item, value in lines.items())
    return Ready(file_name(*_stem(allocation), suffix=".decision.txt"), text.encode(), TEXT)


def letters_file(
    made: Verified,
    template: tuple[str, bytes] | None = None,
    day: dt.date | None = None,
    progress: Progress = lambda done, of: None,
) -> Ready:
    """A Word letter to each city, in a ZIP; from the template that comes with the tool or from
    a named one. Raises TemplateRejected, in a sentence that names the file."""
    default = places.letter_template()
    name, data = template or (default.name, default.read_bytes())
    found = letters.written(made, letters.read_template(name, data), day, progress)
    reference = made.applications.call.reference
    words = f"{count(len(found), 'letter')}, one to each city that applied."
    return Ready(file_name(reference, "letters", suffix=".zip"), zipped(found), ZIP, words)


def letter_file(made: Verified, city: str) -> Ready:
    """The Word letter to one city, by its code, from the template that comes with the tool."""
    default = places.letter_template()
    template = letters.read_template(default.name, default.read_bytes())
    name, data = letters.written_to(made, city, template)
    return Ready(name, data, WORD)


@dataclass(frozen=True)
class OpenData:
    """What comes of publishing: a ZIP, or every fault that keeps it from being written."""

    file: Ready | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def open_data_file(made: Verified, facts: Facts, standards: Sequence[str]) -> OpenData:
    """The files of the standards in a ZIP, or all faults, in the words of the page."""
    done = publication(made, facts, standards)
    notes = tuple(on_the_page(note) for note in done.notes)
    if done.faults:
        return OpenData(None, done.faults, notes)
    name = file_name(made.applications.call.reference, "open-data", suffix=".zip")
    return OpenData(Ready(name, zipped(done.files), ZIP, f"{done.sentence}."), (), notes)


def city_facts(file: tuple[str, bytes] | None) -> CityFacts:
    """What a file of cities says. Raises WorkbookRejected where it is no text."""
    return cities_in(*file) if file else CityFacts()


def on_the_page(text: str) -> str:
    """A sentence that names options of the command line, with the fields of the page instead.

    >>> on_the_page("give it with --decided, such as --decided 2026-06-30")
    'give it in field “Day of the decision”, such as 2026-06-30'
    """
    told = _EXAMPLE.sub("", _EITHER.sub(r"yes or no in --\1", text)).replace("with --", "in --")
    return _OPTION.sub(lambda found: f"field “{FIELDS[found[1]]}”", told)


def where(fault: Fault) -> str:
    """The place of a fault as the page calls it."""
    return FIELDS.get(fault.place, fault.place)


def comparison_file(
    allocations: Sequence[Allocation], progress: Progress = lambda done, of: None
) -> Ready:
    """The comparison workbook; the first allocation is the reference."""
    data = comparison_workbook(compare(allocations), progress)
    name = file_name(allocations[0].applications.call.reference, "comparison", suffix=".xlsx")
    return Ready(name, data, EXCEL, f"{count(len(allocations), 'scenario')} beside each other.")


def applications_file(given: Applications, name: str) -> Ready:
    """The applications as one workbook of ours, as they count now."""
    return Ready(name, write_applications(given, given.call.banner), EXCEL)


def scenario_file(name: str, scenario: Scenario) -> Ready:
    """A scenario as TOML that stands alone, named as in the list."""
    return Ready(file_name(name, suffix=".toml"), scenario.to_toml().encode(), TOML)


def scenarios_file(scenarios: Mapping[str, Scenario]) -> Ready:
    """Every scenario of the list as TOML, in a ZIP."""
    made: dict[str, bytes] = {}
    for name, scenario in scenarios.items():
        file = scenario_file(name, scenario)
        made[files.unused_name(file.name, made)] = file.data
    return Ready("scenarios.zip", zipped(made), ZIP, f"{count(len(made), 'scenario')}.")


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Files in one archive; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _stem(allocation: Allocation) -> tuple[str, str]:
    return allocation.applications.call.reference, allocation.scenario.name
