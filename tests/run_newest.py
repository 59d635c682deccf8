"""Run pytest on a Home Assistant that is newer than the test tools were made for.

Home Assistant is imported before pytest loads its plugins, because it puts its own
HTTP client under the name that one of them uses, and a private name that the test
tools still reset is given back to it.
"""

import sys

import homeassistant  # noqa: F401
from homeassistant.components import logger
import pytest

if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = lambda hass: None

if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
