"""Automations about the money of SIMs: low, dropped, about to expire."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.entries import BALANCE, change, set_up
from tests.integration.fakes import FakeBox
from tests.integration.money import tell
from tests.integration.restarting import killed
from tests.integration.scene import act, attic_entry, automate, device_id, wired
from tests.integration.watching import Watched

LOW = "gsm_gateway.balance_low"
DROPPED = "gsm_gateway.balance_dropped"
NEAR = "gsm_gateway.expiry_near"
OWN = {"id", "idx", "alias", "platform", "description"}
VALUE = "sensor.cellar_sim_1_balance"

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


async def watch(hass: HomeAssistant, platform: str, **config: Any) -> Watched:
    """Attach a trigger."""
    return await Watched.of(hass, platform=platform, **config)


def told(watched: Watched, *keys: str) -> list[Any]:
    """Return what some of the data was at each start."""
    found = [tuple(start[key] for key in keys) for start in watched.started]
    return [each[0] for each in found] if len(keys) == 1 else found


async def test_a_low_balance_starts_once_with_all_that_is_known(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, LOW)

    for amount in ("6,00", "5,00", "4,99", "4,00", "5,00", "3,50"):
        await tell(hass, fake_box, amount, until="2026-06-01", clock=freezer)

    assert told(watched, "balance", "previous") == [(4.99, 5.0), (3.5, 5.0)]
    start = watched.started[0]
    assert {key: start[key] for key in start.keys() - OWN} == {
        "config_entry_id": purse.entry_id,
        "device_id": device_id(hass, purse, "sim1"),
        "gateway": "Cellar",
        "channel": 1,
        "sim": "Cellar SIM 1",
        "balance": 4.99,
        "currency": "PLN",
        "previous": 5.0,
        "valid_until": "2026-06-01",
        "threshold": 5.0,
        "days_left": None,
    }
    assert start["description"] == "Low balance of Cellar SIM 1"


async def test_the_first_balance_ever_can_be_low(
    hass: HomeAssistant, purse: MockConfigEntry, fake_box: FakeBox
) -> None:
    watched = await watch(hass, LOW)

    await tell(hass, fake_box, "4,00")

    assert told(watched, "previous", "valid_until") == [(None, None)]


async def test_a_sim_without_a_threshold_is_never_low_unless_the_trigger_has_one(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    own, given = await watch(hass, LOW), await watch(hass, LOW, options={"below": 20})

    await tell(hass, fake_box, "0,10", number=2)
    await tell(hass, fake_box, "12,00", number=1)

    assert told(own, "sim") == []
    assert told(given, "sim", "threshold") == [
        ("Cellar SIM 2", 20.0),
        ("Cellar SIM 1", 20.0),
    ]


async def test_no_crossing_is_told_twice_over_a_restart_and_a_reload(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, LOW)
    await tell(hass, fake_box, "6,00", clock=freezer)
    await tell(hass, fake_box, "4,00", clock=freezer)
    await hass.config_entries.async_reload(purse.entry_id)
    await tell(hass, fake_box, "3,00", clock=freezer)
    assert told(watched, "balance") == [4.0]

    async with killed(hass, purse) as again:
        watched = await watch(again, LOW)
        await tell(again, fake_box, "2,00", clock=freezer)
        assert watched.started == []
        await tell(again, fake_box, "9,00", clock=freezer)
        await tell(again, fake_box, "1,00", clock=freezer)
        assert told(watched, "balance") == [1.0]


async def test_other_settings_start_nothing(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, LOW)
    await tell(hass, fake_box, "12,00", clock=freezer)

    await change(hass, purse, "sim1", balance_low=20.0)
    await tell(hass, fake_box, "11,00", clock=freezer)

    assert watched.started == []


@pytest.mark.parametrize(
    ("target", "starts"),
    [
        ({"device": "sim2"}, ["Cellar SIM 2"]),
        ({"device": None}, ["Cellar SIM 1", "Cellar SIM 2"]),
        ({"entity_id": VALUE}, ["Cellar SIM 1"]),
        ({"entity_id": "sensor.cellar_sim_1_signal"}, []),
    ],
    ids=["a SIM", "the box", "a balance", "another sensor"],
)
async def test_targets(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    target: dict[str, Any],
    starts: list[str],
) -> None:
    if "device" in target:
        target = {"device_id": device_id(hass, purse, target["device"])}
    watched = await watch(hass, LOW, target=target, options={"below": 5})

    await tell(hass, fake_box, "1,00", number=1)
    await tell(hass, fake_box, "1,00", number=2)

    assert told(watched, "sim") == starts


async def test_a_box_that_is_added_later_is_heard(
    hass: HomeAssistant, fake_box: FakeBox
) -> None:
    watched = await watch(hass, LOW, options={"below": 5})
    fake_box.answers[1] = "Saldo: 1,00 PLN"
    entry = attic_entry()

    with wired(attic=fake_box):
        await set_up(hass, entry)
        await change(hass, entry, "attic1", **BALANCE)
        device = device_id(hass, entry, "attic1")
        await act(hass, "refresh_balance", device_id=device)

    assert told(watched, "sim") == ["Attic SIM 1"]


async def test_a_drop_that_nothing_explains(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    fake_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """For weeks nothing is spent; then five are gone at once."""
    any_drop = await watch(hass, DROPPED)
    large_drop = await watch(hass, DROPPED, options={"more_than": 5})
    for day in range(2, 22):
        freezer.move_to(f"2026-05-{day:02} 12:00:00+00:00")
        await tell(hass, fake_box, "30,00")
    assert any_drop.started == []

    freezer.move_to("2026-05-22 12:00:00+00:00")
    await tell(hass, fake_box, "25,00")

    assert told(any_drop, "dropped", "unexplained", "balance", "previous") == [
        (5.0, 5.0, 25.0, 30.0)
    ]
    assert large_drop.started == []


@pytest.mark.parametrize(
    ("trigger", "options"),
    [
        (LOW, {"below": "much"}),
        (LOW, {"below": "nan"}),
        (LOW, {"above": 5}),
        (DROPPED, {"more_than": "inf"}),
        (NEAR, {"days": -1}),
    ],
)
async def test_a_wrong_trigger_is_refused(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    trigger: str,
    options: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    triggers = {"trigger": trigger, "options": options}
    await automate(hass, {"triggers": triggers, "actions": []})

    assert hass.states.is_state("automation.automation_0", "unavailable")
    assert "failed to setup triggers" in caplog.text


@pytest.mark.parametrize(
    ("kind", "name", "fields"),
    [
        ("trigger", LOW, {"below"}),
        ("trigger", DROPPED, {"more_than"}),
        ("trigger", NEAR, {"days"}),
        ("condition", LOW, {"behavior", "for", "below"}),
    ],
)
async def test_the_automation_editor_knows_them(
    hass: HomeAssistant,
    purse: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    kind: str,
    name: str,
    fields: set[str],
) -> None:
    assert await async_setup_component(hass, "websocket_api", {})
    client = await hass_ws_client(hass)

    await client.send_json_auto_id({"type": f"{kind}_platforms/subscribe"})
    assert (await client.receive_json())["success"]
    described = (await client.receive_json())["event"][name]

    assert described["target"]["entity"][0]["integration"] == "gsm_gateway"
    assert set(described["fields"]) == fields
