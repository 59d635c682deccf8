"""What is kept of balances over time, and what is told when one is read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.gsm_gateway.balance.readings import Outlook, Reading
from custom_components.gsm_gateway.balances import SIGNAL_BALANCE_READ, BalanceRead
from custom_components.gsm_gateway.card_change import async_new_card
from custom_components.gsm_gateway.cards import other_card
from custom_components.gsm_gateway.messaging.retention import prune
from custom_components.gsm_gateway.messaging.store import StoreUnavailable
from custom_components.gsm_gateway.messenger import MESSENGER
from tests.integration.asking import VALUE, later, measured, press, text
from tests.integration.cards import (
    FOREIGN,
    ONE,
    TWO,
    box_with,
    entry_of,
    look,
    put,
)
from tests.integration.entries import add, change, set_up, settle, shown, sim
from tests.integration.fakes import FakeBox
from tests.integration.repairing import full_disk, issues
from tests.integration.restarting import killed
from tests.integration.scene import wired

pytestmark = pytest.mark.freeze_time("2026-05-01 10:00:00")

NOON = datetime(2026, 5, 1, 10, 1, tzinfo=UTC)


@pytest.fixture
def wishes() -> dict[str, bool]:
    """No question comes between those that a test asks."""
    return {"balance_after_sms": False}


async def rows(hass: HomeAssistant) -> list[tuple[str, str, str, int]]:
    """Return the readings on disk: SIM, amount, currency, parts."""
    query = "SELECT sim_id, amount, currency, parts FROM balance_reading ORDER BY at"
    store = hass.data[MESSENGER].store
    return await store.read(lambda log: log.execute(query).fetchall())


async def read(
    hass: HomeAssistant, box: FakeBox, freezer: FrozenDateTimeFactory, answer: str
) -> None:
    """Ask, some time later, and get this answer."""
    await later(hass, freezer, minutes=20)
    box.answers[1] = answer
    await press(hass)


def hears(hass: HomeAssistant, entry: ConfigEntry) -> list[BalanceRead]:
    """Return what will be told of balances that are read."""
    told: list[BalanceRead] = []

    @callback
    def listen(news: BalanceRead) -> None:
        told.append(news)

    signal = SIGNAL_BALANCE_READ.format("sim1")
    entry.async_on_unload(async_dispatcher_connect(hass, signal, listen))
    return told


async def test_each_reading_has_the_parts_that_were_sent_since_the_one_before(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=10)
    await text(hass, asked, poor_box)
    await later(hass, freezer, minutes=1)
    await text(hass, asked, poor_box)
    await read(hass, poor_box, freezer, "Saldo: 12,30 PLN")
    await read(hass, poor_box, freezer, "Saldo: 12,30 PLN")

    assert measured(asked) == [("12.50", 0), ("12.30", 2), ("12.30", 0)]


async def test_readings_and_what_was_sent_outlive_a_kill(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await later(hass, freezer, minutes=10)
    await text(hass, asked, poor_box)
    async with killed(hass, asked) as second:
        (entry,) = second.config_entries.async_entries("gsm_gateway")
        assert measured(entry) == [("12.50", 0)]
        await read(second, poor_box, freezer, "Saldo: 12,40 PLN")
        assert measured(entry) == [("12.50", 0), ("12.40", 1)]


async def test_what_is_read_is_told_when_it_is_on_disk(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = hears(hass, asked)
    await read(hass, poor_box, freezer, "Saldo: 12,00 PLN, wazne do 2026-07-31")

    first = Reading(at=NOON, amount=Decimal("12.50"), parts=0)
    second = Reading(at=NOON + timedelta(minutes=20), amount=Decimal("12.00"), parts=0)
    (news,) = told
    assert (news.sim_id, news.before, news.reading) == ("sim1", first, second)
    assert news.valid_until == date(2026, 7, 31)
    known = asked.runtime_data.balances.known("sim1")
    assert known.valid_until == date(2026, 7, 31)
    assert (await rows(hass))[-1] == ("sim1", "12.00", "PLN", 0)


async def test_a_fall_that_no_sms_explains_is_told(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = hears(hass, asked)
    for _ in range(20):
        await later(hass, freezer, hours=24, minutes=20)
    poor_box.answers[1] = "Saldo: 7,50 PLN"
    await later(hass, freezer, hours=24, minutes=20)

    assert [news.drop is not None for news in told] == [False] * 20 + [True]
    drop = told[-1].drop
    assert drop
    assert drop.amount == Decimal("5.00")


async def test_the_outlook_follows_each_reading(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    balances = asked.runtime_data.balances
    assert balances.outlook("sim1") == Outlook()
    await read(hass, poor_box, freezer, "Saldo: 32,50 PLN")

    top_up = balances.outlook("sim1").last_top_up
    assert top_up
    assert top_up.amount == Decimal("20.00")


async def test_readings_in_another_currency_are_not_mixed(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    await change(hass, asked, "sim1", currency="EUR")
    assert measured(asked) == []
    await read(hass, poor_box, freezer, "Saldo: 4,00 EUR")
    assert measured(asked) == [("4.00", 0)]

    await change(hass, asked, "sim1", currency="PLN")
    assert measured(asked) == [("12.50", 0)]


async def test_another_card_hides_the_readings_and_a_new_one_has_none(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    box = box_with(ONE)
    entry = entry_of(hass, 1)
    with wired(cellar=box):
        await set_up(hass, entry)
        await press(hass)
        assert measured(entry) == [("12.50", 0)]
        changed = {
            "country": "PL",
            "balance_pattern": "Saldo: ([0-9,]+)",
            "balance_sender": "Orange",
            "balance_low": 5.0,
            "balance_per_day": 3,
        }
        await change(hass, entry, "sim1", **changed)

        await put(hass, entry, box, [(1, FOREIGN)])
        assert measured(entry) == []
        assert len(await rows(hass)) == 1

        await put(hass, entry, box, [(1, ONE)])
        assert measured(entry) == [("12.50", 0)]

        await put(hass, entry, box, [(1, TWO)])
        (issue_id,) = (each for each in issues(hass) if "other_card" in each)
        await begin_anew(hass, entry)
        assert issue_id not in issues(hass)
        assert measured(entry) == []
        assert await rows(hass) == []
        kept = {key: entry.subentries["sim1"].data.get(key) for key in changed}
        assert kept == dict.fromkeys(changed) | {
            "balance_low": 5.0,
            "balance_per_day": 3,
        }


async def begin_anew(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Let the other card of the first SIM be its own from now on, with a code."""
    sim1 = entry.subentries["sim1"]
    found = other_card(sim1.data)
    assert found is not None
    code = {"balance_code": "*100#", "currency": "PLN"}
    async_new_card(entry.runtime_data, sim1, found, code)
    await settle(hass)
    await look(hass, entry)


async def test_a_removed_sim_and_a_removed_box_leave_no_readings(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    second = {"balance_code": "*100#", "currency": "PLN"}
    await add(hass, asked, sim(2, **second))
    await later(hass, freezer, minutes=3)
    assert [row[0] for row in await rows(hass)] == ["sim1", "sim2"]

    hass.config_entries.async_remove_subentry(asked, "sim1")
    await settle(hass)
    assert [row[0] for row in await rows(hass)] == ["sim2"]

    await hass.config_entries.async_remove(asked.entry_id)
    await settle(hass)
    assert await rows(hass) == []


async def test_readings_are_kept_for_four_hundred_days(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    asked_again = NOON + timedelta(days=399)
    freezer.move_to(asked_again)
    await press(hass)
    assert measured(asked) == [("12.50", 0)] * 2

    freezer.move_to(asked_again + timedelta(days=2))
    await press(hass)
    assert measured(asked) == [("12.50", 0)] * 2
    store, clock = hass.data[MESSENGER].store, hass.data[MESSENGER].clock
    await prune(store, clock.now(), 7)
    assert len(await rows(hass)) == 2


async def test_a_reading_that_the_disk_refused_goes_there_with_the_next(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    told = hears(hass, asked)
    with full_disk(hass):
        await read(hass, poor_box, freezer, "Saldo: 12,00 PLN")
    assert shown(hass, VALUE).state == "12.00"
    assert len(told) == 1
    assert len(await rows(hass)) == 1

    await read(hass, poor_box, freezer, "Saldo: 11,00 PLN")
    assert [row[1] for row in await rows(hass)] == ["12.50", "12.00", "11.00"]


async def test_a_balance_without_a_log_is_shown_and_has_no_place_in_the_history(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> int:
        raise StoreUnavailable("gone")

    store = asked.runtime_data.balances._book._store
    with monkeypatch.context() as patch:
        patch.setattr(store, "async_parts", fail)
        await read(hass, poor_box, freezer, "Saldo: 12,00 PLN")
    assert shown(hass, VALUE).state == "12.00"
    assert measured(asked) == [("12.50", 0)]


async def test_readings_from_the_future_of_a_clock_that_was_ahead_go(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to("2027-01-01 00:00:00")
    poor_box.answers[1] = "Saldo: 5,00 PLN"
    await press(hass)
    freezer.move_to("2026-05-01 12:00:00")
    poor_box.answers[1] = "Saldo: 11,00 PLN"
    await press(hass)

    assert measured(asked) == [("12.50", 0), ("11.00", 0)]
    assert [row[1] for row in await rows(hass)] == ["12.50", "11.00"]


async def test_a_reading_of_a_clock_that_is_behind_takes_no_history_away(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    poor_box: FakeBox,
    freezer: FrozenDateTimeFactory,
) -> None:
    for day in range(1, 5):
        await later(hass, freezer, hours=25)
        poor_box.answers[1] = f"Saldo: {day},00 PLN"
        await press(hass)
    before = measured(asked)
    freezer.move_to("2026-04-01 12:00:00")
    poor_box.answers[1] = "Saldo: 9,00 PLN"
    await press(hass)

    assert len(before) >= 5
    assert measured(asked) == before
    assert len(await rows(hass)) == len(before)
    assert asked.runtime_data.balances.known("sim1").balance == 9
