"""Commands built as data: options become click's parameters, groups know their commands by name and load them late."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from proofs_check.option import Option

HELP = {
    "help_option_names": ["-h", "--help"],
    # a blank line below the first sentence, as below every paragraph
    "rich_help_config": {"text_paragraph_linebreaks": "\n\n", "padding_helptext_first_line": (0, 1, 1, 0)},
}


OPTION_OR_WORD = re.compile(r"(?:--?[a-z]\S* (?=[^-\s]))?(?:'[^']*'|\S+)")  # an option with its value, or a word
LONGEST_LINE = 54  # of an example, so that it fits into a terminal of 60 columns

OWN = ""  # the name under which a group knows its own command


class Word(click.ParamType):  # type: ignore[type-arg]  # generic in recent versions of click only
    """A value that an option's own reader reads; it refuses with an `InputError`."""

    name = "word"

    def __init__(self, option: Option) -> None:
        self.option = option
        self.name = "" if option.is_argument else "word"  # an argument's metavar says all

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a word; a default is of the right type already."""
        return self.option.read(self.option.argument, value) if isinstance(value, str) else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Offer the option's choices, or files where it names one."""
        from click.shell_completion import CompletionItem

        if self.option.choices is not None:
            return [CompletionItem(word) for word in self.option.choices() if word.startswith(incomplete)]
        is_file = "FILE" in self.option.metavar or "." in self.option.metavar
        return [CompletionItem(incomplete, type="file")] if is_file else []


def parameter(option: Option) -> click.Parameter:
    """Return click's parameter for an option."""
    # a default that is None would count as given, and nothing would be missing
    has_default = option.default is not None and not option.is_list
    default = {"default": option.default} if has_default else {}
    if option.is_argument:
        return click.RichArgument(
            [option.name],
            type=Word(option),
            metavar=option.metavar,
            required=option.is_needed,
            nargs=-1 if option.is_list else 1,
            help=option.says,
            **default,
        )
    if option.is_flag:
        return click.RichOption([*option.spellings, option.name], is_flag=True, help=option.says)
    return click.RichOption(
        [*option.spellings, option.name],
        type=Word(option),
        metavar=option.metavar,
        required=option.is_needed,
        multiple=option.is_list,
        show_default=has_default and "default:" not in option.says,
        help=option.says,
        **default,
    )


def command(
    name: str,
    run: Callable[..., None],
    options: Iterable[Option],
    says: str,
    about: str = "",
    usage: Sequence[str] = (),
) -> click.Command:
    """Return a command that calls a function with a keyword for each option.

    Parameters
    ----------
    name : str
        Its last word.
    run : callable
    options : iterable of Option
    says, about : str
        The help's first sentence, and what follows; paragraphs are separated by blank lines.
    usage : sequence of str
        Command lines that work.

    Returns
    -------
    click.Command
    """
    examples = ["\b\nExamples:\n" + "\n".join(map(shell_lines, usage))] if usage else []
    return click.RichCommand(
        name=name,
        callback=run,
        params=[parameter(option) for option in options],
        help="\n\n".join([says, *([about] if about else []), *examples]),
        short_help=says,
        context_settings=HELP,
    )


def shell_lines(line: str) -> str:
    r"""Break a long command line as a shell allows it, so that no terminal breaks it.

    Examples
    --------
    >>> print(shell_lines("rankcert table realisation 1024 4096 65536 --precision 1/100,1/10,none"))
    rankcert table realisation 1024 4096 65536 \
        --precision 1/100,1/10,none
    """
    found, length = "", 0
    for word in OPTION_OR_WORD.findall(line):
        if length + len(word) > LONGEST_LINE:
            found, length = f"{found} \\\n   ", 3
        found, length = f"{found} {word}" if found else word, length + len(word) + 1
    return found


class LateGroup(click.RichGroup):
    """A group that knows its commands by name, and builds one only when it is asked for.

    A group may have a command of its own: `rankcert round FILE` beside `rankcert round dot FILE`. It is called where
    the first word is none of the group's commands, and its help is part of the group's.
    """

    def __init__(
        self,
        name: str,
        targets: Mapping[str, Callable[[], click.Command]],
        own: Callable[[], click.Command] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(name=name, context_settings=HELP, **settings)
        self.targets = targets
        self.own = own

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Lead words that name no command to the group's own one, but for a misspelt command that is no file.

        Without any word the help is printed, and nothing is wrong: versions of click say so differently.
        """
        if not args and not ctx.resilient_parsing:
            args = ["--help"]
        if self.own is not None and args and args[0] not in (*self.targets, *ctx.help_option_names):
            is_misspelt = get_close_matches(args[0], self.targets, n=1) and not os.path.lexists(args[0])
            args = args if is_misspelt else [OWN, *args]
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the group, and of its own command below."""
        super().format_help_text(ctx, formatter)
        own = self.get_command(ctx, OWN)
        if own is not None:
            own.format_help_text(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which they were given."""
        return list(self.targets)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build a command, or return None if there is none of this name."""
        if cmd_name not in self.commands and cmd_name in self.targets:
            self.commands[cmd_name] = self.targets[cmd_name]()
        elif cmd_name == OWN and cmd_name not in self.commands and self.own is not None:
            self.commands[cmd_name] = self.own()
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that is called; a name that is not there is answered with the closest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            known = self.list_commands(ctx)
            close = [each for each in known if each.startswith(name)] or get_close_matches(name, known, n=1)
            ctx.fail(f"No such command {name!r}." + (f" Did you mean {close[0]!r}?" if close else ""))
        return super().resolve_command(ctx, args)
