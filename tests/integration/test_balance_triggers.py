"""Automations about the money of SIMs: low, dropped, about to expire; and the condition."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    condition as condition_helper,
    device_registry as dr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.entries import (
    BALANCE,
    asked_just_now,
    change,
    goip_entry,
    set_up,
    settle,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.restarting import killed, restarted
from tests.integration.scene import act, attic_entry, automate, device_id, wired
from tests.integration.watching import Watched

LOW = "gsm_gateway.balance_low"
DROPPED = "gsm_gateway.balance_dropped"
NEAR = "gsm_gateway.expiry_near"
OWN = {"id", "idx", "alias", "platform", "description"}
VALUES = [f"sensor.cellar_sim_{number}_balance" for number in (1, 2)]

pytestmark = pytest.mark.freeze_time("2026-05-01 12:00:00+00:00")


@pytest.fixture(autouse=True)
async def in_utc(hass: HomeAssistant) -> None:
    """Let nine in the morning be what the tests call so."""
    await hass.config.async_set_time_zone("UTC")


@pytest.fixture
def box(fake_box: FakeBox) -> Iterator[FakeBox]:
    """The box, wired."""
    with wired(cellar=fake_box):
        yield fake_box


@pytest.fixture
async def home(hass: HomeAssistant, box: FakeBox) -> MockConfigEntry:
    """Its entry, loaded: the first SIM is low below 5, the second has no threshold."""
    entry = goip_entry(
        sim(1, **BALANCE, balance_low=5.0), sim(2, **BALANCE), host="cellar"
    )
    asked_just_now(hass, entry, "sim1", "sim2")
    await set_up(hass, entry)
    return entry


async def tell(
    hass: HomeAssistant,
    box: FakeBox,
    amount: str,
    *,
    until: str = "",
    number: int = 1,
    clock: FrozenDateTimeFactory | None = None,
) -> None:
    """Let an operator tell a balance, a minute after the one before."""
    if clock is not None:
        clock.tick(timedelta(minutes=1))
    box.answers[number] = f"Saldo: {amount} PLN" + (f", wazne do {until}" * bool(until))
    (entry,) = hass.config_entries.async_loaded_entries("gsm_gateway")
    device = device_id(hass, entry, f"sim{number}")  # type: ignore[arg-type]
    await act(hass, "refresh_balance", device_id=device)


async def go_to(hass: HomeAssistant, clock: FrozenDateTimeFactory, moment: str) -> None:
    """Let time pass."""
    clock.move_to(f"{moment}+00:00")
    async_fire_time_changed(hass)
    await settle(hass)


async def watch(hass: HomeAssistant, platform: str, **config: Any) -> Watched:
    """Attach a trigger."""
    return await Watched.of(hass, platform=platform, **config)


def told(watched: Watched, *keys: str) -> list[Any]:
    """Return what some of the data was at each start."""
    found = [tuple(start[key] for key in keys) for start in watched.started]
    return [each[0] for each in found] if len(keys) == 1 else found


async def test_a_low_balance_starts_once_with_all_that_is_known(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, LOW)

    for amount in ("6,00", "4,99", "4,00", "5,00", "3,50"):
        await tell(hass, box, amount, until="2026-06-01", clock=freezer)

    assert told(watched, "balance", "previous") == [(4.99, 6.0), (3.5, 5.0)]
    start = watched.started[0]
    assert {key: start[key] for key in start.keys() - OWN} == {
        "config_entry_id": home.entry_id,
        "device_id": device_id(hass, home, "sim1"),
        "gateway": "Cellar",
        "channel": 1,
        "sim": "Cellar SIM 1",
        "balance": 4.99,
        "currency": "PLN",
        "previous": 6.0,
        "valid_until": "2026-06-01",
        "threshold": 5.0,
    }
    assert start["description"] == "Low balance of Cellar SIM 1"


async def test_the_first_balance_ever_can_be_low(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    watched = await watch(hass, LOW)

    await tell(hass, box, "4,00")

    assert told(watched, "previous", "valid_until") == [(None, None)]


async def test_a_sim_without_a_threshold_is_never_low_unless_the_trigger_has_one(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    own, given = await watch(hass, LOW), await watch(hass, LOW, options={"below": 20})

    await tell(hass, box, "0,10", number=2)
    await tell(hass, box, "12,00", number=1)

    assert told(own, "sim") == []
    assert told(given, "sim", "threshold") == [
        ("Cellar SIM 2", 20.0),
        ("Cellar SIM 1", 20.0),
    ]


async def test_no_crossing_is_told_twice_over_a_restart_and_a_reload(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, LOW)
    await tell(hass, box, "6,00", clock=freezer)
    await tell(hass, box, "4,00", clock=freezer)
    await hass.config_entries.async_reload(home.entry_id)
    await tell(hass, box, "3,00", clock=freezer)
    assert told(watched, "balance") == [4.0]

    async with killed(hass, home) as again:
        watched = await watch(again, LOW)
        await tell(again, box, "2,00", clock=freezer)
        assert watched.started == []
        await tell(again, box, "9,00", clock=freezer)
        await tell(again, box, "1,00", clock=freezer)
        assert told(watched, "balance") == [1.0]


async def test_other_settings_start_nothing(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, LOW)
    await tell(hass, box, "12,00", clock=freezer)

    await change(hass, home, "sim1", balance_low=20.0)
    await tell(hass, box, "11,00", clock=freezer)

    assert watched.started == []


@pytest.mark.parametrize(
    ("target", "starts"),
    [
        ({"device": "sim2"}, ["Cellar SIM 2"]),
        ({"device": None}, ["Cellar SIM 1", "Cellar SIM 2"]),
        ({"entity_id": VALUES[0]}, ["Cellar SIM 1"]),
        ({"entity_id": "sensor.cellar_sim_1_signal"}, []),
    ],
    ids=["a SIM", "the box", "a balance", "another sensor"],
)
async def test_targets(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    target: dict[str, Any],
    starts: list[str],
) -> None:
    if "device" in target:
        target = {"device_id": device_id(hass, home, target["device"])}
    watched = await watch(hass, LOW, target=target, options={"below": 5})

    await tell(hass, box, "1,00", number=1)
    await tell(hass, box, "1,00", number=2)

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
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """For weeks nothing is spent; then five are gone at once."""
    any_drop = await watch(hass, DROPPED)
    large_drop = await watch(hass, DROPPED, options={"more_than": 5})
    for day in range(2, 22):
        freezer.move_to(f"2026-05-{day:02} 12:00:00+00:00")
        await tell(hass, box, "30,00")
    assert any_drop.started == []

    freezer.move_to("2026-05-22 12:00:00+00:00")
    await tell(hass, box, "25,00")

    assert told(any_drop, "dropped", "unexplained", "balance", "previous") == [
        (5.0, 5.0, 25.0, 30.0)
    ]
    assert large_drop.started == []


async def test_expiry_is_told_once_when_so_many_days_are_left(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Seven days are those of the SIM's settings."""
    own, two = await watch(hass, NEAR), await watch(hass, NEAR, options={"days": 2})
    await tell(hass, box, "9,00", until="2026-05-10")
    assert own.started == []

    await go_to(hass, freezer, "2026-05-03 08:59:00")
    assert own.started == []
    await go_to(hass, freezer, "2026-05-03 09:05:00")
    assert told(own, "days", "valid_until", "balance") == [(7, "2026-05-10", 9.0)]
    for day in range(4, 15):
        await go_to(hass, freezer, f"2026-05-{day:02} 09:05:00")
        await hass.config_entries.async_reload(home.entry_id)
        await tell(hass, box, "9,00", until="2026-05-10")

    assert told(own, "days") == [7]
    assert told(two, "days") == [2]


@pytest.mark.parametrize(
    ("until", "starts"),
    [("2026-05-04", [3]), ("2026-05-01", [0]), ("2026-04-30", []), ("2026-05-20", [])],
    ids=["near", "today", "past", "far"],
)
async def test_a_new_date_is_looked_at_at_once(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    until: str,
    starts: list[int],
) -> None:
    watched = await watch(hass, NEAR)

    await tell(hass, box, "9,00", until=until)
    await tell(hass, box, "8,00")
    await tell(hass, box, "7,00", until=until)

    assert told(watched, "days") == starts


@pytest.mark.parametrize(
    ("day", "starts"),
    [("2026-05-05 03:00:00", [5]), ("2026-05-12 10:00:00", [-2])],
    ids=["near at the next start, in the night", "past at the next start"],
)
async def test_days_on_which_home_assistant_was_off_are_made_up_for(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
    day: str,
    starts: list[int],
) -> None:
    """An automation is at work before the first look of a start."""
    await tell(hass, box, "9,00", until="2026-05-10")
    await hass.async_stop(force=True)
    freezer.move_to(f"{day}+00:00")

    async with restarted(hass, home, started=False) as again:
        await again.config.async_set_time_zone("UTC")
        watched = await watch(again, NEAR)
        await settle(again)
        assert watched.started == []
        again.set_state(again.state.running)
        again.bus.async_fire("homeassistant_started")
        await settle(again)
        assert told(watched, "days") == starts
        await go_to(again, freezer, "2026-05-13 09:05:00")
        assert told(watched, "days") == starts


async def test_a_disabled_sim_is_not_told_of(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    watched = await watch(hass, NEAR)
    await tell(hass, box, "9,00", until="2026-05-10")
    dr.async_get(hass).async_update_device(
        device_id(hass, home, "sim1"), disabled_by=dr.DeviceEntryDisabler.USER
    )

    await go_to(hass, freezer, "2026-05-08 09:05:00")

    assert watched.started == []


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
    home: MockConfigEntry,
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
    home: MockConfigEntry,
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


async def passes(hass: HomeAssistant, target: dict[str, Any], **options: Any) -> bool:
    """Tell whether the condition is met now."""
    assert await async_setup_component(hass, "homeassistant", {})
    config = {"condition": LOW, "target": target, "options": options}
    valid = await condition_helper.async_validate_condition_config(hass, config)
    checker = await condition_helper.async_from_config(hass, valid)
    result = checker.async_check()
    checker.async_unload()
    return bool(result)


@pytest.mark.parametrize(
    ("first", "second", "options", "any_passes", "all_pass"),
    [
        ("4,00", "1,00", {"below": 5}, True, True),
        ("4,00", "5,00", {"below": 5}, True, False),
        ("6,00", "7,00", {"below": 5}, False, False),
        ("4,00", "1,00", {}, True, False),
        ("4,00", None, {"below": 5}, True, False),
        (None, None, {"below": 5}, False, False),
    ],
    ids=["both", "one", "none", "no threshold", "one unknown", "both unknown"],
)
async def test_any_and_all_of_the_condition(
    hass: HomeAssistant,
    home: MockConfigEntry,
    box: FakeBox,
    first: str | None,
    second: str | None,
    options: dict[str, Any],
    any_passes: bool,
    all_pass: bool,
) -> None:
    for number, amount in enumerate((first, second), start=1):
        if amount is not None:
            await tell(hass, box, amount, number=number)
    target = {"entity_id": VALUES}

    assert await passes(hass, target, **options) is any_passes
    assert await passes(hass, target, behavior="all", **options) is all_pass


async def test_of_a_device_only_the_balance_counts(
    hass: HomeAssistant, home: MockConfigEntry, box: FakeBox
) -> None:
    """The counter of sent SMS, which is 0, is no money."""
    target = {"device_id": device_id(hass, home, "sim1")}
    assert not await passes(hass, target, below=100)
    assert not await passes(hass, target, below=100, behavior="all")

    await tell(hass, box, "4,00")
    assert await passes(hass, target)
    assert await passes(hass, target, behavior="all")


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_what_is_no_sim_is_not_low(
    hass: HomeAssistant, home: MockConfigEntry, behavior: str
) -> None:
    target = {"entity_id": "sensor.gone"}

    assert not await passes(hass, target, behavior=behavior, below=5)
