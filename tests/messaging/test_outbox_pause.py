"""The pause between two SMS of a SIM, over restarts and reloads."""

import pytest

from custom_components.gsm_gateway.gateways.model import ChannelBusy

from .fake_box import FakeBox
from .hand_clock import HandClock, settle
from .runs import Runs, accept, queue, send_without_result

PAUSE = 10.0


@pytest.fixture
def box() -> FakeBox:
    """A box whose SIMs want ten seconds between two SMS."""
    return FakeBox(pacing=PAUSE)


async def _waits_for(runs: Runs, seconds: float) -> None:
    """Submit a message, and see it leave when the time is up and no earlier."""
    before = len(runs.box.sender.on_air)
    await runs.office.submit("next")
    await runs.clock.advance(seconds - 0.1)
    assert len(runs.box.sender.on_air) == before
    await runs.clock.advance(0.2)
    assert len(runs.box.sender.on_air) == before + 1


async def test_after_a_kill_the_rest_of_the_pause_is_waited_for(
    runs: Runs, clock: HandClock
) -> None:
    await accept(runs)
    await clock.advance(4)
    await runs.again()
    await _waits_for(runs, 6)


async def test_an_sms_that_was_under_way_counts(runs: Runs, clock: HandClock) -> None:
    await send_without_result(runs)
    await clock.advance(4)
    await runs.again()
    await _waits_for(runs, 6)


async def test_a_sim_that_comes_later_knows_its_pause(
    runs: Runs, clock: HandClock
) -> None:
    """Home Assistant reads the log before it sets up its entries."""
    await accept(runs)
    await runs.kill()
    runs.office = await runs.office.next_run()
    await clock.advance(4)
    runs.office.add(runs.box)
    await _waits_for(runs, 6)


async def test_only_the_sim_that_sent_waits(runs: Runs) -> None:
    await accept(runs)
    await runs.again()
    other = FakeBox(pacing=PAUSE)
    runs.office.add(other, "b", box_id="other")
    await runs.office.submit("by the other")
    await settle()
    assert [text for _, _, text in other.sender.on_air] == ["by the other"]


async def test_what_did_not_go_out_does_not_count(runs: Runs) -> None:
    runs.box.sender.endings = [ChannelBusy("busy")]
    await queue(runs)
    await runs.connect()
    assert len(runs.box.sender.on_air) == 1
    await runs.again()
    assert len(runs.box.sender.on_air) == 2


async def test_a_moment_that_is_yet_to_come_counts_as_now(
    runs: Runs, clock: HandClock
) -> None:
    """The clock went back."""
    await clock.leap(7200)
    await accept(runs)
    clock._elapsed -= 3600
    await runs.again()
    await _waits_for(runs, PAUSE)


async def test_a_line_in_place_of_another_has_its_pause(
    runs: Runs, clock: HandClock
) -> None:
    """The entry was reloaded."""
    await accept(runs)
    await clock.advance(4)
    runs.office.add(runs.box)
    await _waits_for(runs, 6)


async def test_a_pause_that_is_over_holds_nothing_up(
    runs: Runs, clock: HandClock
) -> None:
    await accept(runs)
    await clock.advance(PAUSE)
    await runs.again()
    await runs.office.submit("next")
    await settle()
    assert len(runs.box.sender.on_air) == 2


async def test_a_changed_pause_holds_at_once(runs: Runs, clock: HandClock) -> None:
    await accept(runs)
    line = runs.office.router.get("a")
    assert line is not None
    line.pacing = 30.0
    await _waits_for(runs, 30)
