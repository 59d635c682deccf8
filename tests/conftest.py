"""What every test gets."""

from collections.abc import Iterator
import gc
import logging
from pathlib import Path

import pytest

import custom_components  # noqa: F401 # before the test tools' own package of this name
from tests.flow_texts import checked_flows  # noqa: F401 # a fixture

TESTS = Path(__file__).parent
FOLDERS_ON_LOOPBACK = {
    "end_to_end",
    "fuzz",
    "gateways",
    "integration",
    "outsiders",
    "reliability",
    "simulator",
}


def pytest_configure() -> None:
    """Keep the recorder's statements, which the test tools log, out of the output."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def pytest_collection_finish() -> None:
    """Keep what is there before the first test out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def leave_no_garbage() -> Iterator[None]:
    """Find what a file's tests have left open while it is known which file it was."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def allow_loopback(request: pytest.FixtureRequest) -> None:
    """Let the tests that talk to a simulated box open sockets to 127.0.0.1."""
    if request.path.relative_to(TESTS).parts[0] in FOLDERS_ON_LOOPBACK:
        request.getfixturevalue("socket_enabled")


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A configuration folder of each test's own, for the message log."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def find_custom_integrations(
    request: pytest.FixtureRequest, allow_loopback: None
) -> None:
    """Let Home Assistant, in the tests that have one, find this integration."""
    if "hass" not in request.fixturenames:
        return
    request.getfixturevalue("checked_flows")
    if "recorder_db_url" in request.fixturenames:
        request.getfixturevalue("recorder_db_url")  # refuses to come after hass
    request.getfixturevalue("enable_custom_integrations")
