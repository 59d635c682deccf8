"""Actions on a SIM: `send_ussd`, `refresh_balance`."""

import re
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .balances import shows_balance
from .const import DOMAIN
from .errors import no_balance_code, not_a_sim, translated_errors
from .runtime import GsmGatewayConfigEntry
from .sending import sim_of

SERVICE_SEND_USSD: Final = "send_ussd"
SERVICE_REFRESH_BALANCE: Final = "refresh_balance"

ATTR_CODE: Final = "code"

_USSD_CODE = re.compile(r"[0-9*#+]{1,182}", re.ASCII)
"""A USSD string has at most 182 characters (3GPP 23.038 section 5.1.2.3)."""

SEND_USSD_SCHEMA = vol.Schema(
    {vol.Required(ATTR_DEVICE_ID): cv.string, vol.Required(ATTR_CODE): cv.string}
)
REFRESH_BALANCE_SCHEMA = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_SEND_USSD,
        _async_send_ussd,
        schema=SEND_USSD_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_REFRESH_BALANCE,
        _async_refresh_balance,
        schema=REFRESH_BALANCE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_send_ussd(call: ServiceCall) -> ServiceResponse:
    """Dial a USSD code and return the operator's answer."""
    code = call.data[ATTR_CODE].strip()
    if _USSD_CODE.fullmatch(code) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="bad_ussd_code"
        )
    entry, sim, name = _loaded_sim(call)
    with translated_errors(name):
        reply = await entry.runtime_data.lines[sim].run_ussd(code, waited_for=True)
    return {"answers": [reply.text]} if call.return_response else None


async def _async_refresh_balance(call: ServiceCall) -> ServiceResponse:
    """Ask the operator for the balance of a SIM now."""
    entry, sim, name = _loaded_sim(call)
    if not shows_balance(entry.subentries[sim]):
        raise no_balance_code(name)
    with translated_errors(name):
        result = await entry.runtime_data.balances.refresh(sim)
    if not call.return_response:
        return None
    return {
        "balance": None if result.balance is None else float(result.balance),
        "currency": result.currency,
        "answer": result.answer,
    }


def _loaded_sim(call: ServiceCall) -> tuple[GsmGatewayConfigEntry, str, str]:
    """Return the entry, the subentry id and the name of the SIM that a call is about."""
    entry: GsmGatewayConfigEntry
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID]
    )
    name = device.name_by_user or device.name or entry.title
    sim = sim_of(entry, device)
    if sim is None or sim not in entry.runtime_data.lines:
        raise not_a_sim(name)
    return entry, sim, name
