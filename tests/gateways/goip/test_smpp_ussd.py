"""USSD on a GoIP that sends by SMPP: not into an SMS that is on its way."""

import pytest

from custom_components.gsm_gateway.gateways.model import ChannelBusy

from .bench import bench


@pytest.mark.parametrize("busy_form", ["untouched", "overwritten", "refused"])
@pytest.mark.parametrize("smpp_response", ["before", "after"])
async def test_code_right_after_an_sms_is_dialled_and_answered(
    busy_form: str, smpp_response: str
) -> None:
    async with bench(smpp=True, busy_form=busy_form, smpp_response=smpp_response) as b:
        await b.send("hello")
        reply = await b.gateway.ussd.run_ussd(1, "*100#")
        assert [
            entry.kind
            for entry in b.box.journal.entries()
            if entry.kind in ("sms_on_air", "ussd_dialled")
        ] == ["sms_on_air", "ussd_dialled"]
    assert reply.text == "Баланс: 55.2 р."  # 57.2 less the SMS


async def test_code_on_another_line_does_not_wait() -> None:
    async with bench(smpp=True, seconds_per_sms=60.0) as b:
        await b.send("hello")
        await b.box.ussd_answer(2, "*100#", "here")
        reply = await b.gateway.ussd.run_ussd(2, "*100#")
        assert not b.box.journal.entries(kind="sms_on_air")
    assert reply.text == "here"


async def test_line_that_sends_a_long_text_is_busy() -> None:
    async with bench(smpp=True) as b:
        await b.send("long " * 100)
        with pytest.raises(ChannelBusy):
            await b.gateway.ussd.run_ussd(1, "*100#")
        assert not b.posts("ussd_info.html")
