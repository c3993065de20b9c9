"""The documentation site: ``python -m sphinx -W --keep-going -b html docs build/site``.

Pages that say what the code declares are written by `docs.pages` into `docs/generated` before Sphinx reads its sources;
nothing in that folder is kept.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from algebra import __version__  # noqa: E402
from docs.pages import docstrings, site  # noqa: E402

project = "rankcert"
author = "The rankcert developers"
copyright = "The rankcert developers, BSD 3-Clause"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "docs.pages.formulas",
]
html_math_renderer = "mathml"
exclude_patterns = ["pages/*", "img/*.py"]
suppress_warnings = ["mystnb.unknown_mime_type"]  # displays of libraries that no page can show

# ---- what is read

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist", "html_image"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # `docs.pages.notebooks` brings executed ones
nb_merge_streams = True

# A name in single backticks is code; it becomes a link where it is a documented name.
default_role = "py:obj"
autodoc_typehints = "none"  # parameters are described in the docstring, with their types
autodoc_preserve_defaults = True
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_use_plots = False

# ---- how it looks

html_theme = "furo"
html_title = f"rankcert {release}"
DATA = Path(__file__).parent / "generated" / "static"  # of the atlas
DATA.mkdir(parents=True, exist_ok=True)
html_static_path = ["_static", "generated/static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#00429d", "color-brand-content": "#00429d"},
    "dark_css_variables": {"color-brand-primary": "#8ab4f8", "color-brand-content": "#8ab4f8"},
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_ignore = [r"https://doi\.org/.*"]  # publishers answer machines with 403


def setup(app):
    """Write the generated pages, and let links of pages lead to where the site has their targets."""
    app.connect("builder-inited", lambda app: site.write(Path(app.srcdir)))
    app.connect("source-read", site.read_source)
    app.connect("autodoc-process-docstring", docstrings.process, priority=600)  # after numpydoc
