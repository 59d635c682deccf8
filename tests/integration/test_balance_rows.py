"""Rows of the log about balances that cannot be read: no box is lost because of them."""

import json
from pathlib import Path
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.messaging.disk import Disk
from custom_components.gsm_gateway.messenger import STORE_FILE
from tests.integration.asking import ONE_QUESTION, VALUE, later, measured, press, raised
from tests.integration.entries import (
    BALANCE,
    goip_entry,
    kept_balances,
    set_up,
    shown,
    sim,
)
from tests.integration.fakes import FakeBox
from tests.integration.restarting import killed
from tests.integration.scene import receive

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

EARLIER: Final = "2026-05-01T09:00:00+00:00"
GOOD: Final[dict[str, Any]] = {
    "schedule": {
        "interval": 86400.0,
        "next_due": "2026-05-02T09:00:00+00:00",
        "last_asked": EARLIER,
    },
    "count": {"day": "2026-05-01", "questions": 1},
    "checked": EARLIER,
    "balance": "7.00",
    "currency": "PLN",
    "valid_until": "2026-12-31",
    "unread": "Konto A: 17.45 / konto B: 3.20",
    "unread_at": EARLIER,
    "let_be": True,
    "answers": [[EARLIER, "Saldo: 7,00 PLN"]],
    "silent": 1,
    "listens_until": EARLIER,
    "code": "*100#",
    "upkeep": {
        "checks": [["2026-12-31", "2026-05-01"]],
        "idle_since": EARLIER,
        "keep_alive_on": "2026-04-01",
        "keep_alive_id": "01J",
    },
}
DAMAGED: Final = [
    "",
    "{",
    json.dumps(GOOD)[:-9],
    "null",
    "[]",
    "5",
    '"balance"',
    b"\xff\xfe",
    "[" * 100_000,
]
OUT_OF_RANGE: Final[list[object]] = [
    "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59+00:00",
    "9999-12-31T23:59:59-14:00",
    "2026-05-01T09:00:00",
    "2026-02-31T09:00:00+00:00",
    "yesterday",
    5,
    [],
]
NO_MOMENTS: Final[list[object]] = [
    "9999-12-31T23:59:59-14:00",
    "2026-05-01T09:00:00",
    5,
]
WRONG: Final[list[tuple[str, object]]] = [
    *[("balance", each) for each in ("NaN", "-Infinity", "sNaN", "1e99999", "a", 7)],
    *[("checked", each) for each in OUT_OF_RANGE],
    *[("unread_at", each) for each in NO_MOMENTS],
    *[("listens_until", each) for each in NO_MOMENTS],
    *[("answers", [[each, "hello"]]) for each in NO_MOMENTS],
    *[("valid_until", each) for each in ("2026-13-01", "0000-01-01", "soon", 5)],
    ("answers", 5),
    ("answers", "words"),
    ("answers", [EARLIER]),
    ("answers", [[EARLIER, 5]]),
    ("unread", 5),
    ("currency", ["PLN"]),
    ("code", 100),
    ("let_be", "no"),
    ("silent", "three"),
    ("silent", -1),
    ("silent", None),
    ("schedule", "daily"),
    ("schedule", {"interval": 86400.0}),
    *[("schedule", GOOD["schedule"] | {"next_due": each}) for each in NO_MOMENTS],
    *[("schedule", GOOD["schedule"] | {"last_asked": each}) for each in NO_MOMENTS],
    ("schedule", GOOD["schedule"] | {"interval": 1e300}),
    ("schedule", GOOD["schedule"] | {"interval": float("nan")}),
    ("schedule", GOOD["schedule"] | {"interval": "long"}),
    ("count", {"day": "2026-05-01", "questions": "many"}),
    ("count", {"day": "2026-05-32", "questions": 1}),
    ("count", [1]),
    ("upkeep", "none"),
    ("upkeep", {"checks": []}),
    ("upkeep", GOOD["upkeep"] | {"checks": [["2026-12-31"]]}),
    ("upkeep", GOOD["upkeep"] | {"checks": [["2026-12-31", "soon"]]}),
    ("upkeep", GOOD["upkeep"] | {"keep_alive_on": "9999-99-99"}),
    ("upkeep", GOOD["upkeep"] | {"keep_alive_id": 5}),
    *[("upkeep", GOOD["upkeep"] | {"idle_since": each}) for each in NO_MOMENTS],
]


def write(hass: HomeAssistant, sql: str, *rows: tuple[object, ...]) -> None:
    """Write rows into the log before anybody has opened it."""
    disk = Disk(Path(hass.config.path(STORE_FILE)), lambda *_: None)
    disk.open()
    disk.commit([(sql, row) for row in rows])  # type: ignore[misc] # what SQL takes
    disk.close()


def entry_with(hass: HomeAssistant, facts: object) -> MockConfigEntry:
    """Return the entry of a box with two SIMs; of the first one there is such a row."""
    entry = goip_entry(sim(1, **BALANCE), sim(2, **BALANCE), host="cellar")
    good = json.dumps(GOOD | {"balance": "8.00"})
    rows = [("sim1", entry.entry_id, facts), ("sim2", entry.entry_id, good)]
    write(hass, "INSERT INTO balance VALUES (?, ?, ?)", *rows)
    return entry


async def assert_works(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Assert that the row is left out, and a good one takes its place."""
    assert entry.state is ConfigEntryState.LOADED
    assert (await receive(hass, box, "alarm"))["text"] == "alarm"
    assert shown(hass, VALUE).state == "unknown"
    assert shown(hass, "sensor.cellar_sim_2_balance").state == "8.00"
    assert raised(hass) == {}

    await later(hass, freezer, minutes=2)
    assert box.dialled == ONE_QUESTION
    assert shown(hass, VALUE).state == "12.50"
    kept = (await kept_balances(hass, entry))["sim1"]
    assert (kept["balance"], kept["silent"], kept["unread"]) == ("12.50", 0, None)


async def test_a_good_row_is_read(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, entry_with(hass, json.dumps(GOOD)))
    await later(hass, freezer, minutes=2)
    assert shown(hass, VALUE).state == "7.00"
    assert poor_box.dialled == []


@pytest.mark.parametrize("facts", DAMAGED)
async def test_a_damaged_row_stops_no_box(
    hass: HomeAssistant,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    facts: str | bytes,
) -> None:
    entry = entry_with(hass, facts)
    await set_up(hass, entry)
    await assert_works(hass, entry, poor_box, freezer)


@pytest.mark.parametrize("key", ["schedule", "checked", "balance", "currency"])
async def test_a_row_without_one_of_its_facts_stops_no_box(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory, key: str
) -> None:
    rest = {name: fact for name, fact in GOOD.items() if name != key}
    entry = entry_with(hass, json.dumps(rest))
    await set_up(hass, entry)
    await assert_works(hass, entry, poor_box, freezer)


@pytest.mark.parametrize(("key", "fact"), WRONG)
async def test_a_row_with_a_fact_that_nobody_wrote_stops_no_box(
    hass: HomeAssistant,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    key: str,
    fact: object,
) -> None:
    entry = entry_with(hass, json.dumps(GOOD | {key: fact}))
    await set_up(hass, entry)
    await assert_works(hass, entry, poor_box, freezer)


async def test_a_good_row_in_the_place_of_a_bad_one_outlives_a_restart(
    hass: HomeAssistant, poor_box: FakeBox, freezer: FrozenDateTimeFactory
) -> None:
    entry = entry_with(hass, "{")
    await set_up(hass, entry)
    await assert_works(hass, entry, poor_box, freezer)
    async with killed(hass, entry) as again:
        await later(again, freezer, minutes=2)
        assert shown(again, VALUE).state == "12.50"
        assert poor_box.dialled == ONE_QUESTION


@pytest.mark.parametrize(
    ("at", "amount", "parts"),
    [
        (1777615200.0, "NaN", 0),
        (1777615200.0, "Infinity", 0),
        (1777615200.0, "-Infinity", 0),
        (1777615200.0, "1e99999", 0),
        (1777615200.0, "twelve", 0),
        (1777615200.0, "", 0),
        (1777615200.0, b"\xff", 0),
        (1777615200.0, "5.00", "two"),
        (1777615200.0, "5.00", 1.5),
        (1777615200.0, "5.00", -1),
        ("yesterday", "5.00", 0),
        (float("inf"), "5.00", 0),
        (1e300, "5.00", 0),
        (253402300799.0, "5.00", 0),
    ],
)
async def test_a_bad_reading_is_left_out_of_the_history(
    hass: HomeAssistant,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    at: object,
    amount: object,
    parts: object,
) -> None:
    entry = entry_with(hass, json.dumps(GOOD))
    rows = [
        ("sim1", entry.entry_id, 1777528800.0, "9.00", "PLN", 0),
        ("sim1", entry.entry_id, at, amount, "PLN", parts),
    ]
    write(hass, "INSERT INTO balance_reading VALUES (?, ?, ?, ?, ?, ?)", *rows)
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert measured(entry) == [("9.00", 0)]

    await later(hass, freezer, minutes=2)
    await press(hass)
    assert shown(hass, VALUE).state == "12.50"
    assert measured(entry) == [("9.00", 0), ("12.50", 0)]
    async with killed(hass, entry) as again:
        (entry,) = again.config_entries.async_entries("gsm_gateway")
        assert measured(entry) == [("9.00", 0), ("12.50", 0)]
