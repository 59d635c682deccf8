"""Actions on a SIM: `send_ussd`, `refresh_balance`."""

from typing import Any, Final

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
from .ussd_path import MOST_REPLIES, is_code, is_reply

SERVICE_SEND_USSD: Final = "send_ussd"
SERVICE_REFRESH_BALANCE: Final = "refresh_balance"

ATTR_CODE: Final = "code"
ATTR_REPLIES: Final = "replies"


def _as_written(value: Any) -> Any:
    """Return a whole number as text again: templates turn "1" into one."""
    return str(value) if type(value) is int else value


SEND_USSD_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_CODE): cv.string,
        vol.Optional(ATTR_REPLIES, default=list): vol.All(
            cv.ensure_list, [vol.All(_as_written, str)], vol.Length(max=MOST_REPLIES)
        ),
    }
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
    """Dial a USSD code, answer its menus, and return what the operator said."""
    code = call.data[ATTR_CODE].strip()
    replies = [reply.strip() for reply in call.data[ATTR_REPLIES]]
    if not is_code(code):
        raise _malformed("bad_ussd_code")
    if not all(map(is_reply, replies)):
        raise _malformed("bad_ussd_reply")
    entry, sim, name = _loaded_sim(call)
    with translated_errors(name):
        answers = await entry.runtime_data.lines[sim].run_ussd(
            [code, *replies], waited_for=True
        )
    if not call.return_response:
        return None
    return {"answers": [answer.text for answer in answers]}


def _malformed(key: str) -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)


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
