"""`--install-completion` and `--show-completion`: the shell completes commands, options, papers, tables, patterns."""

from __future__ import annotations

import os
from pathlib import Path

import rich_click as click

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_RANKCERT_COMPLETE"  # in it click finds what the shell wants to know
STARTED = {  # the file that each shell reads when it starts
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/rankcert.fish",
}


def line(shell: str) -> str:
    """Return the line that makes a shell complete.

    Raises
    ------
    InputError
        For a shell that there is no completion for.

    Examples
    --------
    >>> line("bash")
    'eval "$(_RANKCERT_COMPLETE=bash_source rankcert)"'
    """
    from algebra.errors import one_of

    one_of("shell", shell, SHELLS)
    if shell == "fish":
        return f"{VARIABLE}=fish_source rankcert | source"
    return f'eval "$({VARIABLE}={shell}_source rankcert)"'


def install(shell: str) -> Path:
    """Add the line to the file that the shell reads when it starts, unless it is there, and return the file."""
    from algebra.writing import make_folder, write_file

    added, file = line(shell), Path(STARTED[shell]).expanduser()
    make_folder("--install-completion", file.parent)
    known = file.read_bytes() if file.exists() else b""
    if added.encode() not in known.splitlines():
        end = b"" if not known or known.endswith(b"\n") else b"\n"
        write_file(file, known + end + f"{added}\n".encode(), "--install-completion")
    return file


def _shell() -> str:
    """The shell of this terminal, by its name in the environment."""
    return Path(os.environ.get("SHELL", "")).name


def _install(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        print(f"completion is in {install(_shell())}, from the next {_shell()} on")
        ctx.exit()


def _show(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        print(line(_shell()))
        ctx.exit()


install_completion = click.RichOption(
    ["--install-completion"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_install,
    help="Let your shell complete commands, options and names (bash, zsh, fish).",
)
show_completion = click.RichOption(
    ["--show-completion"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show,
    help="Print the line that does it.",
)
