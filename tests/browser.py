"""Pages in a headless browser, without a network."""

import shutil
import subprocess
from html import escape

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
NARROW = 360
DARK, LIGHT = "--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"

needs_browser = pytest.mark.skipif(BROWSER is None, reason="no headless browser")


def run_in_browser(folder, page, *options):
    """Return a page, a file or the text of one, after its scripts have run; `folder` is for what the browser keeps."""
    if isinstance(page, str):
        file = folder / "page.html"
        file.write_text(page, encoding="utf-8")
        page = file
    kept, offline = f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND"
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", kept, offline, *options, "--dump-dom"]
    return subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True).stdout


def with_script(page, script):
    """Return the text of a page that runs a script at its end."""
    return page.replace("</body>", f"<script>{script}</script></body>")


def framed(page, width):
    """Return the text of a page whose title says how wide another one is in a window of this width.

    A browser without a screen has no windows narrower than 500 pixels, but frames.
    """
    return f"""<!DOCTYPE html><body><iframe width="{width}" height="800" srcdoc="{escape(page, quote=True)}"></iframe>
    <script>
      const frame = document.querySelector("iframe");
      frame.onload = () => {{ document.title = "width " + frame.contentDocument.documentElement.scrollWidth; }};
    </script></body>"""
