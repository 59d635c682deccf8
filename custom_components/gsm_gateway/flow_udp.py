"""The steps about GoIP's push protocol: its settings, and waiting for the lines to call."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_HOST
from homeassistant.core import callback
from homeassistant.setup import async_setup_component

from .const import (
    CONF_UDP,
    CONF_UDP_IDS,
    CONF_UDP_PASSWORD,
    CONF_UDP_PORT,
    DEFAULT_UDP_PORT,
    DOMAIN,
)
from .flow_box import BoxFlow
from .flow_listen import (
    NOTHING,
    Listening,
    async_box_address,
    async_own_address,
    settings_page,
    shown,
)
from .flow_schemas import InvalidInput
from .flow_udp_form import UDP_SCHEMA, line_ids, udp_data, udp_input, udp_proposal
from .sms_servers import server_for

SET_IN_BOX: Final = (CONF_UDP_PORT, CONF_UDP_PASSWORD, CONF_UDP_IDS)
"""What box and Home Assistant have to agree on."""


class UdpSteps(BoxFlow):
    """Asks for the settings, says what to type into the box, and listens meanwhile."""

    _udp: dict[str, Any]
    """The settings that were filled in last."""
    _udp_shown: Mapping[str, Any] | None = None
    """What the form about them begins with."""
    _place: dict[str, str]
    """Where the box has to call, and where that is set."""
    _listening: Listening
    _news: asyncio.Task[None] | None = None

    def __init__(self) -> None:
        """Listen to nobody yet."""
        self._while_open = ExitStack()

    @override
    @callback
    def async_remove(self) -> None:
        """Stop to listen when the page is closed."""
        self._while_open.close()

    async def async_step_udp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for port, ids and password."""
        if user_input is None:
            return self._ask_for_udp(InvalidInput())
        self._udp_shown = user_input
        taken = self._taken_ids(user_input[CONF_UDP_PORT])
        try:
            self._udp = udp_data(user_input, len(self._status.channels), taken)
        except InvalidInput as err:
            return self._ask_for_udp(err)
        known = self._known_udp()
        if known and all(known[key] == self._udp[key] for key in SET_IN_BOX):
            return await self._async_keep(self._udp[CONF_UDP_IDS])
        await self._async_prepare()
        return await self.async_step_listen_longer()

    def _ask_for_udp(self, wrong: InvalidInput) -> ConfigFlowResult:
        """Show the form about port, ids and password."""
        if self._udp_shown is None:
            known = self._known_udp()
            self._udp_shown = (
                udp_input(known)
                if known
                else udp_proposal(
                    self._status.channels, self._taken_ids(DEFAULT_UDP_PORT)
                )
            )
        return self.async_show_form(
            step_id="udp",
            data_schema=self.add_suggested_values_to_schema(
                UDP_SCHEMA, self._udp_shown
            ),
            errors=wrong.errors,
            description_placeholders=wrong.placeholders,
        )

    def _known_udp(self) -> Mapping[str, Any]:
        """Return the settings that the box has so far; none of a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        known: Mapping[str, Any] = self._get_reconfigure_entry().data.get(CONF_UDP, {})
        return known

    def _taken_ids(self, port: int) -> dict[str, str]:
        """Return the ids that lines of other boxes call the port with, each with its box."""
        return {
            line_id: entry.title
            for entry in self._other_entries()
            if (udp := entry.data.get(CONF_UDP)) and udp[CONF_UDP_PORT] == port
            for line_id in line_ids(udp).values()
        }

    async def _async_prepare(self) -> None:
        """Find out where the box has to call, and get ready to hear it."""
        address = await async_box_address(self.hass, self._data[CONF_HOST])
        self._place = {
            "address": await async_own_address(self.hass, address),
            "port": str(self._udp[CONF_UDP_PORT]),
            "password": shown(self._udp[CONF_UDP_PASSWORD]),
            "page": settings_page(self._data),
        }
        await async_setup_component(self.hass, DOMAIN, {})
        self._listening = Listening(
            server_for(self.hass, self._udp[CONF_UDP_PORT]),
            self._udp,
            {sim.channel for sim in self._sims},
            address,
        )

    async def async_step_listen_longer(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin to listen, once more perhaps."""
        self._while_open.close()
        self._while_open.enter_context(self._listening.listen())
        self._news = None
        if await self._listening.is_open():
            return await self.async_step_listen()
        self._while_open.close()
        return self._ask_for_udp(InvalidInput(**{CONF_UDP_PORT: "udp_port_taken"}))

    async def async_step_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what to type into the box, and show which lines have called."""
        listening = self._listening
        if self._news is None or self._news.done():
            stopping = self._news is not None and self._news.cancelled()
            if listening.complete or listening.over or stopping:
                self._while_open.close()  # nobody may look at the page any more
                next_step = "heard" if listening.complete else "silent"
                return self.async_show_progress_done(next_step_id=next_step)
            self._news = self.hass.async_create_background_task(
                listening.wait(), "lines of a GoIP that call"
            )
        return self.async_show_progress(
            step_id="listen",
            progress_action="listen_strangers" if listening.strangers else "listen",
            description_placeholders=self._told(),
            progress_task=self._news,
        )

    def _told(self) -> dict[str, str]:
        """Return what the texts about listening have in braces."""
        return {
            **self._place,
            "rows": self._listening.rows,
            "strangers": ", ".join(map(shown, self._listening.strangers)) or NOTHING,
        }

    async def async_step_heard(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that all lines with a SIM have called, unless there is more to ask.

        A page that waits could not be told of an end that comes by itself.
        """
        if user_input is None and not self._asks_for_balance():
            return self.async_show_form(
                step_id="heard", description_placeholders=self._told()
            )
        return await self._async_keep(self._udp[CONF_UDP_IDS])

    async def async_step_silent(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to do about the lines that have not called."""
        choices = ["listen_longer", "with_those", "udp", "without_waiting"]
        if not self._listening.called:
            choices.remove("with_those")
        return self.async_show_menu(
            step_id="silent",
            menu_options=choices,
            description_placeholders=self._told(),
        )

    async def async_step_with_those(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with the lines that have called."""
        called = self._listening.called
        return await self._async_keep(
            [text if text in called else "" for text in self._udp[CONF_UDP_IDS]]
        )

    async def async_step_without_waiting(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with all lines; they may call later."""
        return await self._async_keep(self._udp[CONF_UDP_IDS])

    async def _async_keep(self, ids: Sequence[str]) -> ConfigFlowResult:
        """Go on with lines of these ids."""
        self._while_open.close()
        self._data[CONF_UDP] = {**self._udp, CONF_UDP_IDS: [*ids]}
        return await self._async_finish()
