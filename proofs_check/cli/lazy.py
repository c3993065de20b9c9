"""Groups of commands that are imported one by one, when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import typer

from proofs_check.cli.quick_types import QuickCommand, QuickGroup


class LazyGroup(QuickGroup):
    """A group that knows the names of its commands, and imports a command only when it is asked for."""

    targets: ClassVar[dict[str, str]] = {}  # name of the command -> module:attribute, a function or a Typer of its own

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands: Any = dict.fromkeys(self.targets)  # the names are enough for lists and suggestions

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command, or return None if there is none of this name."""
        if self.commands.get(cmd_name) is None and cmd_name in self.targets:
            self.commands[cmd_name] = load(cmd_name, self.targets[cmd_name])
        return self.commands.get(cmd_name)


def load(name: str, target: str) -> Any:
    """Import a command and give it its name.

    Examples
    --------
    >>> load("check", "proofs_check.cli.check:check").name
    'check'
    """
    module, attribute = target.split(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name, cls=QuickCommand)(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = name
    return command


def lazy_app(text: str, commands: dict[str, str]) -> typer.Typer:
    """Return a group of commands, each given as ``module:attribute``."""
    group = type("Group", (LazyGroup,), {"targets": commands})
    app = typer.Typer(cls=group, no_args_is_help=True, add_completion=False, help=text)
    app.callback(help=text)(_nothing)
    return app


def _nothing() -> None:
    """Groups do nothing by themselves."""
