"""Whether a foreign program is on this machine, and what its absence means."""

import os
import shutil
import subprocess
from typing import Never

import pytest

REQUIRED = "GSM_GATEWAY_OUTSIDERS"
"""An environment variable; `required` makes a missing program a failure, not a skip."""
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
"""Kannel's programs are not on every user's own path."""


def missing(what: str) -> Never:
    """Skip the test, or fail it where the outsiders are required."""
    message = f"{what} is missing: run scripts/setup --outsiders, then scripts/test"
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def program(name: str) -> str:
    """Return the path of a program."""
    return shutil.which(name, path=PATH) or missing(name)


def check(what: str, *command: str) -> None:
    """Run a command that succeeds where `what` is installed."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    except FileNotFoundError:
        missing(what)
    if done.returncode:
        missing(what)
