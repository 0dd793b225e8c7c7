"""Completion of commands, options and names of networks in a shell, as the parser has them."""

from __future__ import annotations

import argparse
import sys
from pkgutil import get_data
from shlex import quote
from typing import TYPE_CHECKING, Any

from netscore.networks import TABLES, load_networks

if TYPE_CHECKING:
    from collections.abc import Iterator

_CASE = "    {escaped}) found={words} ;;"
SHELLS = {"bash": _CASE, "zsh": _CASE, "fish": "    case {quoted}\n        echo {words}"}
"""How each shell says which words follow a context."""


class Completion(argparse.Action):
    """Print the script of a shell."""

    def __call__(self, parser: Any, _: Any, shell: Any, option: str | None = None) -> None:
        """Print it, and end."""
        script = (get_data("netscore", f"data/completion.{shell}") or b"").decode()
        case = SHELLS[shell].format
        cases = (
            case(escaped=context.replace(" ", r"\ "), quoted=quote(context), words=quote(words))
            for context, words in _following(parser)
        )
        sys.stdout.write(script.replace("{cases}", "\n".join(cases)))
        parser.exit()


def _following(parser: Any) -> Iterator[tuple[str, str]]:
    """Yield the words that may follow: the command and what is before them, a word a line."""
    (commands,) = (a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    names = [network.name for table in TABLES for network in load_networks(table)]
    for command, one in (*commands.items(), ("", parser)):
        words = [*one._option_string_actions]
        for action in one._actions:
            choices = [*(action.choices or (TABLES if action.dest == "among" else ()))]
            # Behind an option with a value of one's own a shell offers files.
            for option in action.option_strings if action.nargs != 0 else ():
                yield f"{command or option} {option}", "\n".join(choices)
            if not action.option_strings:
                words += names if action.metavar == "NAME" else choices
        yield f"{command} *".lstrip(), "\n".join(words)
