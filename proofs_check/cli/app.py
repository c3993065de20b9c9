"""The application: the commands of all questions and families, the others, and what a failure looks like."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

import rich_click as click

import proofs_check.cli.failures as failures
import proofs_check.cli.streams as streams
from proofs_check.cli.build import LateGroup
from proofs_check.cli.completion import install_completion, show_completion

Target = Callable[[], click.Command]

# commands that are neither questions nor families -> module:attribute, a function that returns the command
OTHERS = {
    "plot": "proofs_check.cli.plot:plot_command",
    "store": "proofs_check.cli.store:store_group",
    "check": "proofs_check.cli.check:check_command",
    "verify": "proofs_check.cli.verify:verify_command",
    "atlas": "proofs_check.cli.atlas:atlas_command",
    "doctor": "proofs_check.cli.doctor:doctor_command",
    "example": "proofs_check.cli.questions:example_command",
    "schema": "proofs_check.cli.questions:schema_command",
}


def _other(place: str) -> click.Command:
    module, _, attribute = place.partition(":")
    found: click.Command = getattr(import_module(module), attribute)()
    return found


def _question(name: str) -> click.Command:
    from proofs_check.cli.questions import question_command
    from proofs_check.registry import question

    return question_command(question(name))


def _table(name: str) -> click.Command:
    from proofs_check.cli.families import table_command
    from proofs_check.registry import family

    return table_command(family(name))


def _sweep(name: str) -> click.Command:
    from proofs_check.cli.families import sweep_command
    from proofs_check.registry import family

    return sweep_command(family(name))


def _group(name: str, targets: dict[str, Target], is_question: bool) -> click.Command:
    """Return the command of a group; where its name is a question too, words that name no command are a file of it."""
    from proofs_check.registry import GROUPS

    own = partial(_question, name) if is_question else None
    return LateGroup(name, targets, own, help=GROUPS[name])


def question_targets() -> dict[str, Target]:
    """Return the commands of all questions and families, those of a group under one name."""
    from proofs_check.registry import FAMILY_GROUPS, GROUPS, family_modules, question_modules

    found: dict[str, Target] = {}
    parts: dict[str, dict[str, Target]] = {group: {} for group in GROUPS}
    for name in question_modules():
        group, _, rest = name.partition(" ")
        if rest:
            parts[group][rest] = partial(_question, name)
            found[group] = partial(_group, group, parts[group], group in question_modules())
        elif name not in GROUPS:
            found[name] = partial(_question, name)
    for group, build in (("table", _table), ("sweep", _sweep)):
        families: dict[str, Target] = {name: partial(build, name) for name in family_modules()}
        found[group] = partial(LateGroup, group, families, help=FAMILY_GROUPS[group])
    return found


class Application(LateGroup):
    """The commands, built on demand, whose failures all have one form.

    What is neither question nor family is looked for first: `doctor` has to run where our packages cannot be imported.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, questions first."""
        return list(dict.fromkeys([*question_targets(), *self.targets]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build a command, or return None if there is none of this name."""
        found = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in (known := question_targets()):
            found = self.commands[cmd_name] = known[cmd_name]()
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let `rankcert help COMMAND` print what `rankcert COMMAND --help` prints; `rankcert version` is --version."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        return super().parse_args(ctx, ["--version"] if args == ["version"] else args)

    def main(self, args: Any = None, *positional: Any, **settings: Any) -> NoReturn:
        """Run the command and end the process: 0 holds, 1 violated, 2 bad input, 130 interrupted."""
        arguments = list(sys.argv[1:] if args is None else args)
        sys.set_int_max_str_digits(0)  # ambient dimensions have thousands of digits
        settings["standalone_mode"] = False
        with streams.guarded(), failures.reported("--json" in arguments, arguments):
            status = super().main(arguments, *positional, **settings)
            sys.exit(status if isinstance(status, int) else 0)
        raise AssertionError("unreachable")


def _version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from algebra import __version__

        print(f"rankcert {__version__}")
        ctx.exit()


app = Application(
    "rankcert",
    {name: partial(_other, place) for name, place in OTHERS.items()},
    params=[
        click.RichOption(
            ["--version", "-V"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Print the version.",
        ),
        install_completion,
        show_completion,
    ],
    help="""Exact ranks and dimensions of neural architectures, with evidence.

    Results go to stdout (`--json`: one JSON object), progress to stderr.

    Exit status: 0 holds, 1 violated or mismatch, 2 bad input, 130 interrupted.
    """,
)
