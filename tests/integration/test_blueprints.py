"""The blueprints, loaded and run by Home Assistant itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from tests.integration.entries import add, contact, settle
from tests.integration.fakes import FakeBox, Sent
from tests.integration.money import tell
from tests.integration.scene import ANNA, on_the_air

BLUEPRINTS = Path(__file__).parents[2] / "blueprints" / "automation" / "gsm_gateway"
BALANCES = [f"sensor.cellar_sim_{number}_balance" for number in (1, 2)]
COUNTER = "sensor.cellar_sim_1_sent_this_month"
NOTE = [{"action": "test.note", "data": {"text": "{{ message }}"}}]

pytestmark = pytest.mark.freeze_time("2026-05-01 06:00:00+00:00")


async def automate_by(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set up an automation of a blueprint, as it lies in a user's folder."""
    folder = Path(hass.config.path("blueprints", "automation", "gsm_gateway"))
    shutil.copytree(BLUEPRINTS, folder, dirs_exist_ok=True)
    config = {
        "alias": "by blueprint",
        "use_blueprint": {"path": f"gsm_gateway/{name}.yaml", "input": inputs},
    }
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await settle(hass)
    assert hass.states.is_state("automation.by_blueprint", "on")


@pytest.mark.parametrize(
    "path", sorted(BLUEPRINTS.glob("*.yaml")), ids=lambda p: p.stem
)
def test_each_says_where_it_comes_from_and_what_each_input_is(path: Path) -> None:
    blueprint: Any = yaml_util.parse_yaml(path.read_text())
    head = blueprint["blueprint"]

    assert head["source_url"].endswith(
        f"/blueprints/automation/gsm_gateway/{path.name}"
    )
    assert head["homeassistant"]["min_version"] == "2026.10.0"
    assert head["description"]
    for field in head["input"].values():
        assert field["name"]
        assert field["selector"]


async def test_a_low_balance_is_told_to_a_contact_and_to_actions(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The first SIM has a threshold of its own, 5."""
    await add(hass, purse, contact("Anna", ANNA, sims=["sim2"]))
    notify = ["notify.anna"]
    await automate_by(hass, "low_balance", notify_entities=notify, further_actions=NOTE)

    await tell(hass, fake_box, "6,00", clock=freezer)
    await tell(hass, fake_box, "4,50", until="2026-06-01", clock=freezer)
    await tell(hass, fake_box, "4,00", clock=freezer)

    text = "Cellar SIM 1: the balance is low, 4.50 PLN. Valid until 2026-06-01."
    assert await on_the_air(fake_box) == [Sent(channel=2, to=ANNA, text=text)]
    assert runs == [{"text": text}]


async def test_a_low_balance_tells_how_long_it_lasts(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """It falls by one a day; the threshold is the blueprint's, for the second SIM alone."""
    target = {"entity_id": BALANCES[1]}
    await automate_by(
        hass, "low_balance", sims=target, threshold=10, further_actions=NOTE
    )

    for day in range(1, 21):
        freezer.move_to(f"2026-05-{day:02} 12:00:00+00:00")
        await tell(hass, fake_box, f"{29 - day},90", number=2)
        await tell(hass, fake_box, "1,00", number=1)

    assert runs == [
        {
            "text": "Cellar SIM 2: the balance is low, 9.90 PLN."
            " It lasts for about 9 days."
        }
    ]


async def write_statistics(
    hass: HomeAssistant, entity_id: str, *hours: tuple[datetime, float]
) -> None:
    """Write hourly sums into the long-term statistics, as the sensor's own are."""
    metadata = StatisticMetaData(
        has_mean=False,
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class=None,
        unit_of_measurement="PLN",
    )
    rows = [
        StatisticData(start=start, state=total, sum=total) for start, total in hours
    ]
    async_import_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def test_the_report_adds_up_the_falls_of_last_month(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    runs: list[dict[str, Any]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """A top-up of 20 and what was spent in other months is no cost of April."""
    await tell(hass, fake_box, "6,00", number=1)
    await tell(hass, fake_box, "6,00", number=2)
    at = datetime(2026, 4, 10, 12, tzinfo=UTC)
    await write_statistics(
        hass,
        BALANCES[0],
        (datetime(2026, 3, 31, 22, tzinfo=UTC), 0.0),
        (datetime(2026, 3, 31, 23, tzinfo=UTC), -9.0),
        (datetime(2026, 4, 1, 0, tzinfo=UTC), -10.0),
        (at, -12.5),
        (at + timedelta(hours=1), 7.5),
        (datetime(2026, 4, 30, 23, tzinfo=UTC), 7.25),
        (datetime(2026, 5, 1, 0, tzinfo=UTC), -3.0),
    )
    await write_statistics(
        hass, COUNTER, (datetime(2026, 4, 1, 0, tzinfo=UTC), 2.0), (at, 5.0)
    )
    inputs = {"balances": BALANCES, "counters": [COUNTER], "further_actions": NOTE}
    await automate_by(hass, "monthly_cost", **inputs)

    for moment in ("2026-05-01 08:00:00", "2026-05-02 08:00:00"):
        freezer.move_to(f"{moment}+00:00")
        async_fire_time_changed(hass)
        await async_wait_recording_done(hass)
        await settle(hass)
    off = {"entity_id": "automation.by_blueprint"}
    await hass.services.async_call("automation", "turn_off", off, blocking=True)

    assert runs == [
        {
            "text": "Cost in 2026-04:\n"
            "Cellar SIM 1: 3.75 PLN\n"
            "Cellar SIM 2: not known\n"
            "Cellar SIM 1: 5 SMS"
        }
    ]
