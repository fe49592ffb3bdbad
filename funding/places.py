"""Where the things beside the code are: in a wheel, in an editable install, and in a clone.

A wheel carries the workbench's entry, its settings and the sample fund inside the package, in
``shipped``; in a clone they lie beside the package, where people look for them.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_NAME = "city-funding"


def _beside() -> Path:
    """The folder that holds ``streamlit_app.py``, ``.streamlit`` and ``inputs``."""
    shipped = _PACKAGE / "shipped"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def streamlit_script() -> Path:
    """The entry of the workbench, for ``streamlit run``."""
    return _beside() / "streamlit_app.py"


def streamlit_config() -> Path:
    """The settings of the workbench; Streamlit finds them beside its script."""
    return _beside() / ".streamlit" / "config.toml"


def sample_workbook() -> Path:
    """The applications of the sample fund."""
    return _beside() / "inputs" / "applications.xlsx"


def sample_scenarios() -> Path:
    """The folder of the sample fund's scenarios."""
    return _beside() / "inputs" / "scenarios"


def letter_template() -> Path:
    """The template that letters are made from where none is named."""
    return _beside() / "inputs" / "letter.docx"


def user_data() -> Path:
    """The folder for what the user saves; it may not exist yet."""
    return platformdirs.user_data_path(_NAME, appauthor=False)


def user_logs() -> Path:
    """The folder for the log; it may not exist yet."""
    return platformdirs.user_log_path(_NAME, appauthor=False)
