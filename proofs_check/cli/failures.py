"""What a failed command says: one sentence on stderr, or one JSON object on stdout."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from click import Abort, NoSuchOption, UsageError

from proofs_check.copies import PACKAGES, hint
from proofs_check.show.envelope import SCHEMA, json_text

BAD_INPUT = 2
INTERRUPTED = 130
REFUSED = re.compile(
    r"InputError: (?P<argument>.*?) is (?P<value>.*), but it must be (?P<allowed>.*)", re.DOTALL
)  # what `InputError` writes


@contextmanager
def reported(as_json: bool, arguments: Sequence[str] = ()) -> Iterator[None]:
    """Turn what users can cause into a message and an exit status; bugs keep their traceback."""
    try:
        yield
    except UsageError as error:
        if as_json:
            _print_error(usage_fields(error, arguments))
        else:
            with suppress(OSError):  # a stderr that takes nothing
                error.show()
                if isinstance(error, NoSuchOption) and _is_number(error):
                    print(NEGATIVE, file=sys.stderr)
        sys.exit(BAD_INPUT)
    except (KeyboardInterrupt, Abort):  # click turns the one into the other
        sys.exit(INTERRUPTED)
    except ImportError as error:
        if (error.name or "").split(".")[0] not in PACKAGES:
            raise
        _say(f"rankcert: {error}\n{hint()}")
        sys.exit(1)
    except ValueError as error:
        if not hasattr(error, "argument"):
            raise
        if as_json:
            _print_error(error_fields(error))
        else:
            _say(f"rankcert: {error}")
        sys.exit(BAD_INPUT)


def error_fields(error: Any) -> dict[str, Any]:
    """Return the four fields of an `InputError`.

    Examples
    --------
    >>> from algebra import InputError
    >>> error_fields(InputError("degree", 0, "at least 1"))["message"]
    'degree is 0, but it must be at least 1'
    """
    return {
        "argument": error.argument,
        "value": plain(error.value),
        "allowed": error.allowed,
        "message": str(error),
    }


def sentence_fields(sentence: str) -> dict[str, Any]:
    """Return the same four fields of a failure of which only the sentence was kept.

    Examples
    --------
    >>> sentence_fields("InputError: degree is 0, but it must be at least 1")["argument"]
    'degree'
    >>> sentence_fields("MemoryError: 9 GB")
    {'argument': None, 'value': None, 'allowed': None, 'message': 'MemoryError: 9 GB'}
    """
    from ast import literal_eval

    found = REFUSED.fullmatch(sentence)
    if found is None:
        return {"argument": None, "value": None, "allowed": None, "message": sentence}
    try:
        value = literal_eval(found["value"])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = found["value"]
    message = sentence.removeprefix("InputError: ")
    return {"argument": found["argument"], "value": plain(value), "allowed": found["allowed"], "message": message}


NEGATIVE = "A word that begins with - is an option, also a negative number."


def _is_number(error: NoSuchOption) -> bool:
    return error.option_name.lstrip("-")[:1].isdigit()


def usage_fields(error: Any, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Return the same four fields of one of click's usage errors."""
    parameter = getattr(error, "param", None)
    name = spelling = getattr(error, "option_name", None)
    if parameter is not None:
        spelling = parameter.opts[-1]
        name = parameter.name if parameter.param_type_name == "option" else parameter.metavar or parameter.name
    message = error.format_message()
    allowed = error.message or message
    if isinstance(error, NoSuchOption):  # versions of click say it differently
        allowed = f"No such option {error.option_name!r}."
        message = f"{allowed}{_meant(error.possibilities or ())}"
        if _is_number(error):
            message = f"{allowed} {NEGATIVE}"
    return {
        "argument": name,
        "value": _given(spelling, arguments),
        "allowed": allowed,
        "message": message,
    }


def _meant(options: Iterable[str]) -> str:
    """Say which options are like the one that was given."""
    close = sorted(options)
    if not close:
        return ""
    shown = ", ".join(map(repr, close))
    return f" (Did you mean one of: {shown}?)" if len(close) > 1 else f" Did you mean {shown}?"


def _given(name: str | None, arguments: Sequence[str]) -> str | None:
    """Find what followed an option on the command line."""
    for here, following in zip(arguments, [*arguments[1:], None], strict=False):
        if name and here == name:
            return following
        if name and here.startswith(f"{name}="):
            return here.removeprefix(f"{name}=")
    return None


def plain(value: Any) -> Any:
    """Return `value` if JSON can hold it, else its text.

    Examples
    --------
    >>> plain((1, 2)), plain(float("nan"))
    ((1, 2), 'nan')
    """
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return str(value)
    return value


def _say(text: str) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr)


def _print_error(fields: dict[str, Any]) -> None:
    print(json_text({"schema": SCHEMA, "error": fields}, sys.stdout.encoding))
