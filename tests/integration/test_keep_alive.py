"""The SMS that keeps a silent SIM alive."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.gsm_gateway.gateways.model import (
    SendRefused,
    SendState,
)
from custom_components.gsm_gateway.messaging import retention
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.entries import change, settle
from tests.integration.fakes import FakeBox, Sent
from tests.integration.keeping import HELLO, KEEP_ALIVE, complaints, days, send
from tests.integration.restarting import killed
from tests.integration.scene import ANNA, device_id

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


async def test_is_sent_by_the_sim_itself_after_so_many_silent_days(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 29)
    assert fake_box.sent == []

    await days(hass, freezer)
    assert fake_box.sent == [HELLO]
    await days(hass, freezer, 29)
    assert fake_box.sent == [HELLO]
    await days(hass, freezer, 2)
    assert fake_box.sent == [HELLO, HELLO]


async def test_is_sent_by_day_only(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 20)
    freezer.move_to("2026-06-02 08:50:00+00:00")
    async_fire_time_changed(hass)
    await settle(hass)
    assert fake_box.sent == []

    freezer.move_to("2026-06-02 09:00:00+00:00")
    async_fire_time_changed(hass)
    await settle(hass)
    assert fake_box.sent == [HELLO]


@pytest.mark.parametrize(
    "settings",
    [{"keep_alive_days": None}, {"keep_alive_number": None}],
    ids=["no days", "no number"],
)
async def test_nothing_is_sent_unless_it_is_wanted(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    settings: dict[str, Any],
) -> None:
    await change(hass, home, "sim1", **settings)
    await days(hass, freezer, 40)
    assert fake_box.sent == []

    await change(hass, home, "sim1", **KEEP_ALIVE, keep_alive_text="Ping")
    await days(hass, freezer, 29)
    assert fake_box.sent == [], "the days are counted from when it was switched on"
    await days(hass, freezer)
    assert fake_box.sent == [Sent(channel=1, to=ANNA, text="Ping")]


async def test_only_its_own_sms_count_and_those_that_went_out(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 10)
    await send(hass, home, "sim1")
    await days(hass, freezer, 10)
    await send(hass, home, "sim2")
    fake_box.endings = [SendRefused("no")]
    await send(hass, home, "sim1")
    await days(hass, freezer, 19)
    assert HELLO not in fake_box.sent

    await days(hass, freezer)
    assert fake_box.sent[-1] == HELLO


async def test_what_was_sent_is_known_when_the_log_has_forgotten_it(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The log keeps sent SMS a month at least, the SIM is to be silent for three."""
    await change(hass, home, "sim1", keep_alive_days=90)
    await days(hass, freezer, 60)
    await send(hass, home, "sim1")
    await days(hass, freezer, 40)
    messenger = hass.data[MESSENGER]
    await retention.prune(messenger.store, messenger.clock.now(), 7)
    count = "SELECT count(*) FROM sent_piece"
    assert await messenger.store.read(lambda log: log.execute(count).fetchone()) == (0,)

    async with killed(hass, home) as again:
        await again.config.async_set_time_zone("UTC")
        await days(again, freezer, 49)
        assert HELLO not in fake_box.sent
        await days(again, freezer)
        assert fake_box.sent[-1] == HELLO


async def test_no_restart_sends_it_again(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 30)
    await hass.config_entries.async_reload(home.entry_id)
    await settle(hass)

    async with killed(hass, home) as again:
        await days(again, freezer, 5)
        assert fake_box.sent == [HELLO]


async def test_none_is_queued_while_another_one_waits(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The box lets none out: each waits a day, and then makes room."""
    await change(hass, home, "sim1", keep_alive_days=2)
    monkeypatch.setattr(fake_box, "ready", lambda _channel: False)
    outbox = hass.data[MESSENGER].outbox
    await days(hass, freezer, 2)
    assert outbox.waiting("sim1") == 1

    for _ in range(2):
        freezer.tick(timedelta(hours=11))
        async_fire_time_changed(hass)
        await settle(hass)
        await hass.config_entries.async_reload(home.entry_id)
        await settle(hass)
    assert outbox.waiting("sim1") == 1, "it is ten in the morning of the next day"

    await days(hass, freezer, 5)
    assert fake_box.sent == []
    told = complaints(caplog)
    assert len(told) >= 2
    why = "could not send the SMS that keeps it alive (expired)"
    assert set(told) == {f"Cellar SIM 1 {why}; it tries again tomorrow"}


@pytest.mark.parametrize(
    "how", ["refused by us", "limit", "refused by the box", "failed later"]
)
async def test_what_is_refused_is_told_and_tried_again_the_next_day(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    how: str,
) -> None:
    await days(hass, freezer, 29)
    if how == "refused by us":
        await change(hass, home, "sim1", use_for_sending="never")
    elif how == "limit":
        await change(hass, home, "sim1", parts_per_month=0)
    elif how == "refused by the box":
        fake_box.endings = [SendRefused("no"), SendRefused("no")]
    else:
        fake_box.reports = SendState.FAILED
    await days(hass, freezer, 2)

    assert len(complaints(caplog)) == 2
    assert ANNA not in caplog.text.replace(f"'{ANNA}'", "")

    await change(hass, home, "sim1", use_for_sending="always", parts_per_month=100)
    fake_box.reports = SendState.SENT
    await days(hass, freezer)
    assert fake_box.sent[-1] == HELLO
    assert len(complaints(caplog)) == 2


@pytest.mark.parametrize("hindrance", ["other card", "disabled", "roaming", "away"])
async def test_it_waits_for_what_hinders_it(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    hindrance: str,
) -> None:
    registry, device = dr.async_get(hass), device_id(hass, home, "sim1")
    card = {"imsi": "250019999999999", "since": "2026-05-01T12:00:00+00:00"}

    async def hinder(*, yes: bool) -> None:
        match hindrance:
            case "other card":
                await change(hass, home, "sim1", other_card=card if yes else None)
            case "disabled":
                disabled = dr.DeviceEntryDisabler.USER if yes else None
                registry.async_update_device(device, disabled_by=disabled)
            case "roaming":
                fake_box.change(1, roaming=yes)
                await home.runtime_data.status.async_refresh()
            case _:
                fake_box.switch(on=not yes)
        await settle(hass)

    await hinder(yes=True)
    await days(hass, freezer, 35)
    assert fake_box.sent == []
    assert hass.data[MESSENGER].outbox.waiting() == 0
    assert complaints(caplog) == []

    await hinder(yes=False)
    await days(hass, freezer)
    assert fake_box.sent == [HELLO]


async def test_a_new_card_begins_to_count_anew(
    hass: HomeAssistant,
    home: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await days(hass, freezer, 10)
    await send(hass, home, "sim1")
    await days(hass, freezer, 10)
    since = (hass.data[MESSENGER].clock.now()).isoformat()
    home.runtime_data.balances.async_begin_anew("sim1")
    await change(hass, home, "sim1", card_since=since)
    await days(hass, freezer, 29)
    assert HELLO not in fake_box.sent

    await days(hass, freezer)
    assert fake_box.sent[-1] == HELLO
