"""The one place that turns errors of boxes and messages into what a user reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError


@contextmanager
def translated_errors(gateway: str) -> Iterator[None]:
    """Turn errors from below the border into translated ones that name the gateway.

    What the caller can mend (a number, a text, no SIM for it) becomes a
    `ServiceValidationError`, everything else a `HomeAssistantError`.
    """
    yield


def device_is_no_sim(name: str) -> HomeAssistantError:
    """Return the error for an action that needs a SIM's device and got another one."""
    raise NotImplementedError
