"""What the user should know or decide about messages, as repair issues."""

from collections.abc import Collection, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .messaging.guard_refusals import Stop, StopKind
from .messaging.store import Trouble

ISSUE_STORE_FULL: Final = "store_full"
ISSUE_STORE_DAMAGED: Final = "store_damaged"
ISSUE_RESTORED: Final = "restored"
ISSUE_STOPPED: Final = "stopped"
ISSUE_OTHER_CARD: Final = "other_card"
ISSUE_UDP_PORT: Final = "udp_port_taken"

_STOPPED: Final = {
    StopKind.SAME_TEXT: ("stopped_same_text", "stopped_same_text_by"),
    StopKind.LOOP: ("stopped_loop", "stopped_loop_by"),
}
"""The texts of a stop; the second one names its cause."""


@callback
def async_store(hass: HomeAssistant, trouble: Trouble, detail: str) -> None:
    """Tell what became of the message log, or that all is well again."""
    match trouble:
        case Trouble.NONE:
            ir.async_delete_issue(hass, DOMAIN, ISSUE_STORE_FULL)
        case Trouble.FULL:
            ir.async_create_issue(
                hass,
                DOMAIN,
                ISSUE_STORE_FULL,
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="store_full",
                translation_placeholders={"detail": detail},
            )
        case Trouble.DAMAGED:
            ir.async_create_issue(
                hass,
                DOMAIN,
                ISSUE_STORE_DAMAGED,
                is_fixable=True,
                is_persistent=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key="store_damaged",
                translation_placeholders={"file": detail},
            )


@callback
def async_restored(hass: HomeAssistant, count: int) -> None:
    """Ask what is to be done with messages that waited when a backup was made."""
    if not count:
        ir.async_delete_issue(hass, DOMAIN, ISSUE_RESTORED)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_RESTORED,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="restored",
        translation_placeholders={"count": str(count)},
    )


@callback
def async_stopped(hass: HomeAssistant, stop: Stop) -> None:
    """Tell that messages to a number are stopped, and let the user resume."""
    key, key_with_cause = _STOPPED[stop.kind]
    placeholders = {"number": stop.number}
    if stop.cause:
        key, placeholders = key_with_cause, placeholders | {"cause": stop.cause}
    ir.async_create_issue(
        hass,
        DOMAIN,
        stopped_issue_id(stop),
        data={"number": stop.number, "text_hash": stop.text_hash},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def stopped_issue_id(stop: Stop) -> str:
    """Return the id of the issue about a stop."""
    return f"{ISSUE_STOPPED}_{stop.number}_{stop.text_hash}"


@callback
def async_udp_port(hass: HomeAssistant, port: int, error: OSError | None) -> None:
    """Tell that GoIPs cannot push because a port is taken, or that they can again."""
    issue_id = f"{ISSUE_UDP_PORT}_{port}"
    if error is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key="udp_port_taken",
        translation_placeholders={
            "port": str(port),
            "detail": error.strerror or "no reason given",
        },
    )


@callback
def async_settle(hass: HomeAssistant, begin: str, besides: Collection[str]) -> None:
    """Delete the issues whose ids begin like this, also about what is gone, but for some."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(begin) and issue_id not in besides:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_other_cards(
    hass: HomeAssistant, entry: ConfigEntry, sims: Mapping[int, str]
) -> None:
    """Ask about the ports of a box that have another card; `sims` names them by port."""
    begin = f"{ISSUE_OTHER_CARD}_{entry.entry_id}_"
    async_settle(hass, begin, besides={f"{begin}{port}" for port in sims})
    for port, name in sims.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"{begin}{port}",
            data={"entry_id": entry.entry_id, "port": port},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="other_card",
            translation_placeholders={
                "gateway": entry.title,
                "port": str(port),
                "sim": name,
            },
        )
