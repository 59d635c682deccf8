"""What a trigger looks for: the SIMs of its target, the senders or callers of its options."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.typing import ConfigType


@callback
def async_is_targeted(
    hass: HomeAssistant,
    target: ConfigType | None,
    device_id: str | None,
    *entity_ids: str | None,
) -> bool:
    """Tell whether a target means a SIM; a box means all its SIMs, no target means all."""
    if not target:
        return True
    selection = TargetSelection(target)
    device = dr.async_get(hass).async_get(device_id or "")
    via = device.via_device_id if isinstance(device, dr.DeviceEntry) else None
    if device is not None and via in selection.device_ids:
        selection.device_ids.add(device.id)
    selected = async_extract_referenced_entity_ids(hass, selection, expand_group=False)
    entities = selected.referenced | selected.indirectly_referenced
    return (
        any(entity_id in entities for entity_id in entity_ids)
        or device_id in selected.referenced_devices
    )


def numbers_and_names(value: object) -> list[str]:
    """Return one or many senders or callers of an option as a list of writings."""
    return [
        writing
        for peer in cv.ensure_list(value)
        for writing in _writings(peer)
        if writing
    ]


def _writings(peer: object) -> list[str]:
    """Return how one may be written; YAML reads `+49…` without quotes as an integer."""
    if isinstance(peer, int):
        return [f"+{peer}", str(peer)]
    return [cv.string(peer).strip()]
