"""Tells Sphinx how the docs site is built. `make docs` calls it; nothing here names another host."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent

project = "Triage"
version = release = tomllib.loads((_HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_parser"]
root_doc = "index"
myst_heading_anchors = 6  # the anchors that the pages' links name, spelled as code hosts and the help window spell them
highlight_language = "none"
pygments_style = "friendly"

html_theme = "alabaster"
html_title = "Triage"
html_static_path = [str(_HERE / "site.css")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_show_sphinx = False
html_show_copyright = False
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_theme_options = {
    "description": "Read without a network",
    "font_family": "system-ui, sans-serif",
    "head_font_family": "system-ui, sans-serif",
    "page_width": "1200px",
    "sidebar_width": "300px",
    "fixed_sidebar": False,
    "show_powered_by": False,
    "sidebar_collapse": True,
}


def setup(app: Any) -> None:
    """Lets Urdu pages run from right to left."""
    app.connect("html-page-context", _turn_urdu)


def _turn_urdu(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    if "/ur/" in page and "body" in context:
        context["body"] = f'<div dir="rtl" lang="ur">{context["body"]}</div>'
