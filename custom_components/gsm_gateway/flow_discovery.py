"""The steps about a GoIP that calls, and that nobody has added."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PORT
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.typing import DiscoveryInfoType
import voluptuous as vol

from .const import (
    BRAND_GOIP,
    CONF_ONLY_ADDRESS,
    CONF_SEND_BY,
    CONF_UDP,
    CONF_UDP_IDS,
    CONF_UDP_PASSWORD,
    CONF_UDP_PORT,
    SEND_BY_UDP,
)
from .flow_box import BoxFlow
from .flow_listen import shown
from .flow_schemas import PASSWORD, InvalidInput, box_data, box_schema
from .gateways.goip.sms_server import StrangerLine
from .sms_servers import discovery_id, server_for
from .stranger_lines import channels_of


class DiscoverySteps(BoxFlow):
    """Asks for the logins of a box that calls already."""

    _address: str
    _port: int

    @override
    async def async_step_integration_discovery(
        self, discovery_info: DiscoveryInfoType
    ) -> ConfigFlowResult:
        """Begin with an address that unknown lines call from."""
        self._address = discovery_info[CONF_ADDRESS]
        self._port = discovery_info[CONF_PORT]
        ignored = await self.async_set_unique_id(discovery_id(self._address))
        if ignored:
            raise AbortFlow("already_configured", {"title": ignored.title})
        self._abort_if_known(lambda entry: entry.data.get(CONF_HOST) == self._address)
        self.context["title_placeholders"] = {"name": f"GoIP {self._address}"}
        return await self.async_step_discovered()

    async def async_step_discovered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what calls, and ask for the logins."""
        lines = self._lines()
        if not lines:
            return self.async_abort(reason="calls_no_more")
        wrong = InvalidInput()
        if user_input is not None:
            try:
                await self._async_add_stranger(lines, user_input)
            except InvalidInput as err:
                wrong = err
            else:
                return await self._async_finish()
        schema = box_schema(
            BRAND_GOIP,
            open_sections=wrong.errors,
            goip_fields={vol.Required(CONF_UDP_PASSWORD): PASSWORD},
        )
        return self.async_show_form(
            step_id="discovered",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or {CONF_HOST: self._address}
            ),
            errors=wrong.errors,
            description_placeholders={
                "address": self._address,
                "rows": "\n".join(_row(*line) for line in sorted(lines.items())),
                **wrong.placeholders,
            },
        )

    def _lines(self) -> Mapping[str, StrangerLine]:
        """Return the unknown lines that call from the address, by id."""
        strangers = server_for(self.hass, self._port).strangers
        found = strangers.get(self._address)
        return found.lines if found else {}

    async def _async_add_stranger(
        self, lines: Mapping[str, StrangerLine], user_input: Mapping[str, Any]
    ) -> None:
        """Meet the box, if the password is the one that its lines call with.

        No web login goes to an address that does not know it. Raises `InvalidInput`.
        """
        password = user_input[CONF_UDP_PASSWORD]
        server = server_for(self.hass, self._port)
        same = {
            line_id
            for line_id in lines
            if server.stranger_password_is(self._address, line_id, password)
        }
        if not same:
            raise InvalidInput(**{CONF_UDP_PASSWORD: "udp_password_wrong"})
        await self._async_meet_box(box_data(BRAND_GOIP, user_input))
        channels = channels_of(lines, self._status.channels)
        sims = {sim.channel for sim in self._sims}
        if other := [
            line_id
            for line_id, channel in channels.items()
            if line_id not in same and channel in sims
        ]:
            wrong = InvalidInput(**{CONF_UDP_PASSWORD: "udp_passwords_differ"})
            wrong.placeholders["ids"] = ", ".join(map(shown, other))
            raise wrong
        ids = {channel: line_id for line_id, channel in channels.items()}
        self._data[CONF_UDP] = {
            CONF_UDP_PORT: self._port,
            CONF_UDP_PASSWORD: password,
            CONF_UDP_IDS: [
                line_id if (line_id := ids.get(channel, "")) in same else ""
                for channel in range(1, max(ids) + 1)
            ],
            CONF_ONLY_ADDRESS: False,
            CONF_SEND_BY: SEND_BY_UDP,
        }


def _row(line_id: str, line: StrangerLine) -> str:
    """Return a line as the row of a table."""
    told = (line_id, line.operator or "", line.number or "")
    return f"| {' | '.join(map(shown, told))} |"
