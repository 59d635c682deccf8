"""A clock that was ahead for a while does not let a SIM lapse."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.integration.entries import goip_entry, set_up, sim
from tests.integration.fakes import FakeBox
from tests.integration.keeping import KEEP_ALIVE
from tests.integration.money import go_to
from tests.integration.restarting import killed
from tests.integration.scene import wired

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


async def test_an_sms_of_the_future_does_not_count(
    hass: HomeAssistant, fake_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("UTC")
    entry = goip_entry(sim(1, **KEEP_ALIVE), host="cellar")
    with wired(cellar=fake_box):
        await set_up(hass, entry)
        for ahead in ("2036-01-01 12:00:00", "2036-01-05 12:00:00"):
            await go_to(hass, freezer, ahead)
        assert len(fake_box.sent) == 1

        freezer.move_to("2026-05-02 12:00:00+00:00")
        async with killed(hass, entry) as again:
            await again.config.async_set_time_zone("UTC")
            for day in (25, 31):
                await go_to(again, freezer, f"2026-05-{day} 12:00:00")
            assert len(fake_box.sent) == 1, "the days are counted anew"

            await go_to(again, freezer, "2026-06-02 12:00:00")
            assert len(fake_box.sent) == 2
