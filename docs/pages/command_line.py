"""The command line, read from the commands themselves: usage, what they say, arguments, options, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from proofs_check.cli.app import app
from proofs_check.registry import question_modules
from proofs_check.show.reference import markdown_table, prose

START = """# Command line

`rankcert COMMAND --help` prints what stands here. Results go to standard output, progress to standard error. `--json`
prints one object. The exit status is 0 if all is well, 1 if something is violated or differs, 2 for bad input, and 130
after Ctrl-C. `python -m rankcert` is the same command.
"""

PAGES = {"table": "Tables", "sweep": "Sweeps"}  # groups with a page of their own


def write(folder: Path) -> None:
    """Write the page of all commands, and those of tables and sweeps."""
    context = click.Context(app, info_name="rankcert")
    named = [(name, _command(app, context, name)) for name in app.list_commands(context)]
    rows = [
        [f"[`rankcert {name}`]({name}.md)" if name in PAGES else f"[`rankcert {name}`](#rankcert-{name})", _first(each)]
        for name, each in named
    ]
    parts = [START.rstrip(), markdown_table(["command", "what it does"], rows)]
    for name, each in named:
        if name in PAGES:
            text = f"# {PAGES[name]}\n\n" + "\n\n".join(_sections(each, context, name))
            (folder / f"{name}.md").write_text(text + "\n", encoding="utf-8")
        else:
            parts += _sections(each, context, name)
    listed = "\n".join(PAGES)
    parts.append(f"```{{toctree}}\n:hidden:\n\n{listed}\n```")
    (folder / "index.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _command(group: click.Group, context: click.Context, name: str) -> click.Command:
    found = group.get_command(context, name)
    assert found is not None
    return found


def _first(command: click.Command) -> str:
    return prose(" ".join((command.short_help or command.help or "").split("\n\n")[0].split()))


def _sections(command: click.Command, above: click.Context, name: str) -> Iterator[str]:
    """Yield the sections of a command, and of the commands of a group below it."""
    context = click.Context(command, info_name=name, parent=above)
    yield f"## `{context.command_path}`"
    yield from _described(command, context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _sections(_command(command, context, each), context, each)


def _described(command: click.Command, context: click.Context) -> Iterator[str]:
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{context.command_path} {pieces}\n```"
    yield from _paragraphs(command.help or "")
    words = context.command_path.partition(" ")[2]
    if words in question_modules():
        anchor = "rankcert-" + words.replace(" ", "-")
        yield f"Keys of the file and fields of the answer: [`rankcert {words}`](../../formats.md#{anchor})."

    rows = [[_spelled(each, context), _says(each)] for each in command.get_params(context)]
    yield markdown_table(["argument or option", "meaning"], rows)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; examples, which keep their lines, as code."""
    for part in re.split(r"\n\s*\n", text.strip()):
        if part.startswith("\b"):
            lines = [
                line.strip()
                for line in part.replace(" \\\n    ", " ").splitlines()[1:]
                if line.strip() not in ("", "Examples:")
            ]
            yield "\n".join(["```sh", *lines, "```"])
        else:
            yield prose(" ".join(part.split()))


def _spelled(parameter: click.Parameter, context: click.Context) -> str:
    metavar = parameter.make_metavar(context)
    if isinstance(parameter, click.Argument):
        return f"`{metavar}`"
    is_flag = isinstance(parameter, click.Option) and parameter.is_flag
    return ", ".join(f"`{word}`" if is_flag else f"`{word} {metavar}`" for word in parameter.opts)


def _says(parameter: click.Parameter) -> str:
    says = getattr(parameter, "help", None) or ""
    is_told = "default" in says or not getattr(parameter, "show_default", False)
    default = "" if is_told or parameter.default is None else f" Default: `{parameter.default}`."
    needed = " It has to be given." if parameter.required and isinstance(parameter, click.Option) else ""
    return f"{says}{needed}{default}"
