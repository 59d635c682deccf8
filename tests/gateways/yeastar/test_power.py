"""Modules of a TG on and off."""

import pytest

from custom_components.gsm_gateway.gateways.model import SendRefused

from .bench import on_box


async def test_module_off_and_on() -> None:
    async with on_box() as b:
        assert b.gateway.module_switch is not None
        for on in (False, True):
            await b.gateway.module_switch.switch_module(2, on=on)
            channels = (await b.gateway.status.read_status()).channels
            told = {each.channel: each.module_on for each in channels}
            assert told[2] is on
            assert told[1] is True


async def test_box_that_does_not_know_the_command() -> None:
    async with on_box(power_command="refused") as b:
        assert b.gateway.module_switch is not None
        with pytest.raises(SendRefused, match="No such command"):
            await b.gateway.module_switch.switch_module(2, on=False)
