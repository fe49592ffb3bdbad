"""The wheel carries all that the tool needs; clone and wheel find it in the same way."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import funding
from funding import places

ROOT = Path(__file__).resolve().parent.parent
FOUND = ("streamlit_script", "streamlit_config", "sample_workbook", "letter_template")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel of this clone, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.Path(path)


@pytest.fixture(scope="module")
def installed(wheel: zipfile.Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    wheel.root.extractall(folder)
    return folder


def test_the_wheel_holds_the_package_and_what_it_ships(wheel: zipfile.Path) -> None:
    names = {name for name in wheel.root.namelist() if not name.endswith("/")}
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "funding").rglob("*.py")}
    scenarios = {path.name for path in (ROOT / "inputs" / "scenarios").glob("*.toml")}
    assert "base.toml" in scenarios
    mappings = {path.name for path in (ROOT / "inputs" / "mappings").glob("*.toml")}
    assert "alw-foundation.toml" in mappings
    shipped = {f"funding/shipped/inputs/scenarios/{name}" for name in scenarios} | {
        *(f"funding/shipped/inputs/mappings/{name}" for name in mappings),
        "funding/shipped/streamlit_app.py",
        "funding/shipped/.streamlit/config.toml",
        "funding/shipped/inputs/README.md",
        "funding/shipped/inputs/applications.xlsx",
        "funding/shipped/inputs/applications-with-faults.xlsx",
        "funding/shipped/inputs/letter.docx",
    }
    metadata = {name for name in names if name.startswith("city_funding-")}
    assert names - metadata == code | shipped | {"funding/py.typed"}


def test_what_it_ships_is_what_lies_in_the_clone(wheel: zipfile.Path) -> None:
    inside = wheel / "funding" / "shipped"
    for name in (
        "streamlit_app.py",
        ".streamlit/config.toml",
        "inputs/applications.xlsx",
        "inputs/applications-with-faults.xlsx",
        "inputs/letter.docx",
    ):
        assert inside.joinpath(name).read_bytes() == (ROOT / name).read_bytes()


def test_the_metadata_name_version_python_licence_and_command(wheel: zipfile.Path) -> None:
    info = wheel / f"city_funding-{funding.__version__}.dist-info"
    metadata = email.message_from_string((info / "METADATA").read_text(encoding="utf-8"))
    assert metadata["Name"] == "city-funding"
    assert metadata["Version"] == funding.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "EUPL-1.2"
    licence = (info / "licenses" / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    commands = (info / "entry_points.txt").read_text(encoding="utf-8")
    assert "funding = funding.cli:main" in commands


@pytest.mark.parametrize("name", FOUND)
def test_an_installed_wheel_finds_its_own_files(installed: Path, tmp_path: Path, name: str) -> None:
    """Asked in an empty folder, with the unpacked wheel before the clone on the path."""
    script = f"from funding import places; print(places.{name}())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = Path(done.stdout.strip())
    assert found.is_relative_to(installed.resolve())
    assert found.is_file()


def test_a_clone_finds_its_files_beside_the_package() -> None:
    assert places.streamlit_script() == ROOT / "streamlit_app.py"
    assert places.streamlit_config() == ROOT / ".streamlit" / "config.toml"
    assert places.sample_workbook() == ROOT / "inputs" / "applications.xlsx"
    assert places.sample_scenarios() == ROOT / "inputs" / "scenarios"
    for name in FOUND:
        assert getattr(places, name)().is_file()
    assert (places.sample_scenarios() / "base.toml").is_file()


def test_the_users_folders_are_their_own_and_outside_the_clone() -> None:
    for folder in (places.user_data(), places.user_logs()):
        assert folder.is_absolute()
        assert "city-funding" in folder.parts
        assert not folder.is_relative_to(ROOT)


def test_the_workbench_answers_this_machine_alone_and_tells_nobody() -> None:
    settings = tomllib.loads(places.streamlit_config().read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["maxUploadSize"] == 20
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["client"]["showErrorLinks"] is False


def test_streamlit_knows_every_setting() -> None:
    """A misspelt setting would be ignored without a word and leave the default in force."""
    from streamlit.config import get_config_options

    settings = tomllib.loads(places.streamlit_config().read_text(encoding="utf-8"))
    known = set(get_config_options())
    for section, values in settings.items():
        for key, value in values.items():
            inner = value if isinstance(value, dict) else {"": None}
            names = {f"{section}.{key}.{k}".rstrip(".") for k in inner}
            assert names <= known


def test_no_pinned_list_holds_an_address() -> None:
    lists = sorted((ROOT / ".ci").glob("constraints-*.txt"))
    assert [path.stem for path in lists] == [f"constraints-3.{minor}" for minor in (11, 12, 13)]
    for path in lists:
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, version = line.partition("==")
            assert name.replace("-", "").replace(".", "").isalnum(), line
            assert version, line
