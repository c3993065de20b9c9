"""The application: the commands of all questions and families, the others, and what a failure looks like."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

import rich_click as click

import proofs_check.cli.failures as failures
from proofs_check.cli.build import LateGroup
from proofs_check.cli.completion import install_completion, show_completion

Target = Callable[[], click.Command]

# commands that are neither questions nor families -> module:attribute, a function that returns the command
OTHERS = {
    "example": "proofs_check.cli.questions:example_command",
    "schema": "proofs_check.cli.questions:schema_command",
}
# not yet moved from typer
OLD_TABLES = ("dimensions", "paper", "attention-dimensions", "realisation", "sparse-patterns")
OLD_SWEEPS = ("minimal-filling", "dimensions", "attention")
TYPER = {
    "critical-point": "proofs_check.cli.critical_point:critical_point",
    "rank factor-graph": "proofs_check.cli.rank_factor_graph:factor_graph",
    "rank softmax": "proofs_check.cli.rank_softmax:softmax",
    "memorize build": "proofs_check.cli.memorize:build",
    "memorize check": "proofs_check.cli.memorize:check",
    "attention dimension": "proofs_check.cli.attention_dimension:dimension",
    "attention representable": "proofs_check.cli.attention_representable:representable",
    "attention canonical": "proofs_check.cli.attention_canonical:canonical",
    "attention realise": "proofs_check.cli.attention_realise:realise",
    "attention pattern": "proofs_check.cli.attention_pattern:pattern",
    **{f"table {name}": "proofs_check.cli.table:app" for name in OLD_TABLES},
    "plot": "proofs_check.cli.plot:plot",
    **{f"sweep {name}": "proofs_check.cli.sweep:app" for name in OLD_SWEEPS},
    "store": "proofs_check.cli.store:app",
    "check": "proofs_check.cli.check:check",
    "verify": "proofs_check.cli.verify:verify",
    "atlas": "proofs_check.cli.atlas:atlas",
    "doctor": "proofs_check.cli.doctor:doctor",
}


class Bridge(click.Command):
    """A command that is still typer's."""

    def __init__(self, name: str) -> None:
        settings = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
        super().__init__(
            name, params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)], context_settings=settings
        )

    def invoke(self, ctx: click.Context) -> Any:
        from proofs_check.cli.lazy import load

        name = str(self.name)
        found = load(name, TYPER[name])
        words = [name.partition(" ")[2]] if name.startswith(("table ", "sweep ")) else []
        words += ctx.params["words"]
        sys.exit(found.main(words, prog_name=f"rankcert {name}", standalone_mode=False) or 0)


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


def question_targets() -> dict[str, Target]:
    """Return the commands of all questions, those of a group under one name."""
    from proofs_check.registry import FAMILY_GROUPS, GROUPS, family_modules, question_modules

    found: dict[str, Target] = {}
    parts: dict[str, dict[str, Target]] = {group: {} for group in [*GROUPS, *FAMILY_GROUPS]}
    for name in [*question_modules(), *(name for name in TYPER if " " in name)]:
        group, _, rest = name.partition(" ")
        if rest:
            parts[group][rest] = partial(Bridge, name) if name in TYPER else partial(_question, name)
            found[group] = partial(LateGroup, group, parts[group], help={**GROUPS, **FAMILY_GROUPS}[group])
        else:
            found[name] = partial(_question, name)
    for group, build in (("table", _table), ("sweep", _sweep)):
        parts[group] |= {name: partial(build, name) for name in family_modules()}
        found[group] = partial(LateGroup, group, parts[group], help=FAMILY_GROUPS[group])
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

    def main(self, args: Any = None, *positional: Any, **settings: Any) -> NoReturn:
        """Run the command and end the process: 0 holds, 1 violated, 2 bad input, 130 interrupted."""
        arguments = list(sys.argv[1:] if args is None else args)
        sys.set_int_max_str_digits(0)  # ambient dimensions have thousands of digits
        settings["standalone_mode"] = False
        with failures.reported("--json" in arguments, arguments):
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
    {
        **{name: partial(_other, place) for name, place in OTHERS.items()},
        **{n: partial(Bridge, n) for n in TYPER if " " not in n},
    },
    params=[
        click.RichOption(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
        ),
        install_completion,
        show_completion,
    ],
    help="""Exact ranks and dimensions of neural architectures, with evidence.

    Results go to stdout (`--json`: one JSON object), progress to stderr.

    Exit status: 0 holds, 1 violated or mismatch, 2 bad input, 130 interrupted.
    """,
)
