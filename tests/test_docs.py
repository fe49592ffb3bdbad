"""What the docs show is what happens: their commands run, their scenarios load.

A ``console`` block is run as it stands, in a copy of the sample: lines after ``$`` are commands,
the rest is what they print; a line ``…`` stands for any lines, seconds of solving may differ. A
``python`` block is run, and a ``text`` block right after it is what it prints. A ``toml`` block is
a scenario, or, without a name, a fragment that gets one and a fund. A comment before a block says
``file: …`` where the reader saves it, with ``refused`` where it is no good, or ``exit code N``.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import runpy
import shlex
import shutil
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from funding import cli, errors, logs, publish_command, scenario
from funding.fund import Fund, Ties
from funding.objective import Objective
from funding.publish import giving, subventions
from funding.rules import GATES, RULES
from funding.rules.activity_caps import ActivityCap
from funding.rules.award_bands import AwardBand
from funding.rules.decisions import Decision
from funding.rules.group_shares import GroupShare
from funding.rules.stream_shares import Bounds

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "docs/command-line.md",
    "docs/letters.md",
    "docs/open-data.md",
    "docs/scenarios.md",
    "docs/workspace.md",
)
BLOCK = re.compile(r"(?:<!-- ([^>]+?) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
COMMON = {"source", "note", "enabled"}
SECONDS = re.compile(r"\d+\.\d s\b")


class Block(NamedTuple):
    """A fenced block, the comment before it, and the text block that follows a python block."""

    mark: str
    kind: str
    text: str
    prints: str

    @property
    def file(self) -> str:
        """Where the reader saves it; empty: nowhere."""
        return self.mark.removeprefix("file: ").split(",")[0] if "file: " in self.mark else ""

    @property
    def exit_code(self) -> int:
        """What the commands end with."""
        found = re.fullmatch(r"exit code (\d)", self.mark)
        return int(found[1]) if found else 0


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = list(BLOCK.finditer(text))
    after = {m.end(): m for m in found}
    made = []
    for match in found:
        follows = [m for end, m in after.items() if text[match.end() : m.start()] == "\n\n"]
        prints = follows[0][3] if follows and follows[0][2] == "text" else ""
        made.append(Block(match[1] or "", match[2], match[3], prints))
    return made


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample, in which commands are run."""
    shutil.copytree(ROOT / "inputs", tmp_path / "inputs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("funding.places.user_logs", lambda: tmp_path / "logs")
    logs.stop()
    return tmp_path


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    printed: str


def run(command: str) -> Ran:
    """``funding …`` or ``python file …`` in this process."""
    program, *words = shlex.split(command)
    printed, code = io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [program, *words])
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                if program == "funding":
                    cli.main()
                else:
                    assert program == "python", f"the docs run {program}"
                    patch.setattr(sys, "argv", words)
                    runpy.run_path(words[0], run_name="__main__")
            except SystemExit as ended:
                code = int(ended.code or 0)
            finally:
                logs.stop()
    return Ran(code, printed.getvalue().replace("\\", "/"))


def matches(shown: str, printed: str) -> bool:
    """Whether the lines shown are those printed; ``…`` alone stands for any lines."""
    parts = []
    for line in SECONDS.sub("0.0 s", shown).splitlines():
        parts.append(r"(?:.*\n)*?" if line == "…" else re.escape(line.rstrip()) + r" *\n")
    return re.fullmatch("".join(parts), SECONDS.sub("0.0 s", printed)) is not None


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_happens(page: str, clone: Path) -> None:
    """Every command and program of a page, one after the other, as a reader would."""
    for block in blocks(page):
        if block.file:
            (clone / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.M):
                ran = run(command)
                assert ran.code == block.exit_code, f"{command}\n{ran.printed}"
                assert matches(shown, ran.printed), f"{command}\n{ran.printed}"
        elif block.kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(block.text, page, "exec"), {"__name__": "__main__"})
            if block.prints:
                assert printed.getvalue() == block.prints
    text = (ROOT / page).read_text(encoding="utf-8")
    for shown in re.findall(r"!\[[^\]]+\]\((images/[^)]+\.svg)\)", text):
        assert words_of(clone / Path(shown).name) == words_of(ROOT / "docs" / shown)


def words_of(picture: Path) -> list[str]:
    """What a picture says, number by number; how it is drawn may differ between versions."""
    return re.findall(r"<text[^>]*>([^<]+)<", picture.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_scenarios_shown_load(page: str) -> None:
    """Each TOML block is a scenario or a part of one; those marked refused are refused."""

    saved: dict[str, str] = {}  # by the reader, further up

    def resolve(name: str) -> str:
        return saved.get(name) or (ROOT / "inputs/scenarios" / name).read_text(encoding="utf-8")

    for block in blocks(page):
        if block.kind != "toml":
            continue
        saved[Path(block.file).name] = block.text
        text = block.text
        if not re.search(r"^\[fund\]|^extends", text, re.M):
            text += "\n[fund]\nenvelope = 1_000_000\n"
        if not re.search(r"^name", text, re.M):
            text = 'name = "Fragment"\n' + text
        if "refused" in block.mark:
            with pytest.raises(errors.ScenarioError):
                scenario.parse(text, resolve)
        else:
            scenario.parse(text, resolve)


def test_the_envelope_cut_shown_is_that_of_the_sample() -> None:
    """The block repeats the file but for its description."""
    shown = next(b.text for b in blocks("docs/scenarios.md") if 'name = "Envelope cut' in b.text)
    file = (ROOT / "inputs/scenarios/envelope-cut.toml").read_text(encoding="utf-8")
    assert shown == re.sub(r"^description.*\n", "", file, flags=re.M)


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\nd\n", "a\nb\nd\n", False),
        ("…\nd\n", "a\nd\ne\n", False),
        ("took 0.4 s\n", "took 1.7 s\n", True),
        ("100 EUR\n", "200 EUR\n", False),
    ],
)
def test_matching_is_strict(shown: str, printed: str, same: bool) -> None:
    """Only ``…`` and the seconds are free; so the tests above can fail."""
    assert matches(shown, printed) is same


def sections() -> dict[str, dict[str, str]]:
    """Heading → key → the cell under default, from the tables of scenarios.md."""
    text = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for heading, body in re.findall(r"^##+ (.+)\n((?:(?!##).*\n)*)", text, re.M):
        rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", body, re.M)
        found[heading] = {key: rest.split(" | ")[-2].strip() for key, rest in rows}
    return found


def keys(model: type[BaseModel]) -> dict[str, str]:
    """Key → default as scenarios.md writes it, of a model; ``stream.min`` for tables in it."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        if name in COMMON:
            continue
        if field.annotation is Bounds:
            found |= {f"{name}.{k}": default for k, default in keys(Bounds).items()}
        else:
            found[name] = _written(field.default)
    return found


def _written(default: Any) -> str:
    if default is PydanticUndefined:
        return "*required*"
    if default is None or isinstance(default, dict | types.MappingProxyType):
        return "(none)"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, str):
        return f'`"{default}"`'
    if isinstance(default, tuple):
        return "`[" + ", ".join(f'"{d}"' for d in default) + "]`"
    return f"`{default}`"


def tables() -> Iterator[tuple[str, type[BaseModel]]]:
    """Heading and model of every table that a scenario can hold."""
    yield "[objective]", Objective
    yield "[ties]", Ties
    for key, gate in GATES.items():
        yield f"[gates.{key}]", gate
    for key, rule in RULES.items():
        if key == "group_shares":
            yield "[[rules.group_shares]]", GroupShare
        elif key == "activity_caps":
            yield "[[rules.activity_caps]]", ActivityCap
        elif key == "award_bands":
            yield "[[rules.award_bands]]", AwardBand
        elif key == "decisions":
            yield "[[decisions]]", Decision
        elif not rule.apart:
            yield f"[rules.{key}]", rule


@pytest.mark.parametrize(("heading", "model"), list(tables()))
def test_keys_and_defaults_of_a_table(heading: str, model: type[BaseModel]) -> None:
    """The doc's table has every key of the model with its default, and no other."""
    assert sections()[heading] == keys(model)


def test_every_table_has_a_section_and_no_other() -> None:
    """Headings in brackets are the tables that scenarios hold."""
    free = {"[fund]", "[size_classes]", "[partner_classes]"}
    written = {heading for heading in sections() if heading.startswith("[")}
    assert written == free | {heading for heading, _ in tables()}


def test_keys_of_the_top_the_fund_and_every_table() -> None:
    """The parts that are not models of their own."""
    found = sections()
    assert set(found["Top of the file"]) == set(scenario.TOP)
    assert set(found["Keys of every table"]) == COMMON
    assert set(found["[fund]"]) == set(scenario.ON_FUND) - COMMON
    assert found["[fund]"]["unit"] == _written(Fund.model_fields["unit"].default)


def test_choices_of_a_key_are_all_named() -> None:
    """Where a key takes one of some words, its row names each of them."""
    text = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
    asked = [
        ("value", get_args(Objective.model_fields["value"].annotation)),
        ("attribute", get_args(GroupShare.model_fields["attribute"].annotation)),
        ("of", get_args(GroupShare.model_fields["of"].annotation)),
    ]
    for key, choices in asked:
        assert choices
        rows = re.findall(rf"^\| `{key}` \|.*$", text, re.M)
        assert rows
        for row in rows:
            assert re.findall(r'`"(\w+)"`', row.split(" | ")[1]) == list(choices)


def test_open_data_is_told_column_by_column_and_option_by_option() -> None:
    """In the order of the files; every option of the command but those for files and standard."""
    text = (ROOT / "docs/open-data.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", text, re.M))
    written = {name: re.findall(r"^\| (`.+?`) \|", body, re.M) for name, body in parts.items()}
    assert written["360Giving"] == [f"`{field.title}`" for field in giving.FIELDS]
    assert written["French essential data"] == [f"`{name}`" for name in subventions.COLUMNS]
    options = set(re.findall(r"^\| `--([a-z-]+)`", parts["What you say"], re.M))
    parameters = inspect.signature(publish_command.publish).parameters
    known = {name.replace("_", "-") for name in parameters}
    assert options == known - {"awards", "out", "standard"}
