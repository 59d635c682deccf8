"""The command line of the box: how a ``Command`` header is cut into arguments."""

import re
from typing import Literal

BackslashRule = Literal["kept", "eaten"]


def split_arguments(line: str, backslash: BackslashRule) -> list[str]:
    """Cut a command line into arguments as the Asterisk command line does.

    Quotes group blanks and vanish; a quote inside a quoted text ends the quoting, so what stands
    behind it is read as further arguments (Q15). With ``eaten`` a backslash vanishes and guards the
    next character (D6).
    """
    arguments: list[str] = []
    between, quoted, guarded = True, False, False
    for char in line:
        if char == '"' and not guarded:
            quoted = not quoted
            if quoted and between:
                arguments.append("")
                between = False
        elif char in " \t" and not (quoted or guarded):
            between = True
        elif char == "\\" and backslash == "eaten" and not guarded:
            guarded = True
        else:
            if between:
                arguments.append("")
                between = False
            arguments[-1] += char
            guarded = False
    return arguments


def has_inner_quote(line: str, backslash: BackslashRule) -> bool:
    """Tell whether a command line holds more quotes than the pair around one argument."""
    if backslash == "eaten":
        line = re.sub(r"\\.", "", line)
    return line.count('"') not in (0, 2)
