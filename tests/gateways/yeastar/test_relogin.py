"""A login that a TG refuses after it took it before."""

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    GatewayError,
    InvalidAuth,
)
from tests.gateways.yeastar.bench import Bench, ScriptedBench, on_box, on_script
from tests.gateways.yeastar.scripted import BANNER, Talk
from tests.messaging.hand_clock import HandClock
from tests.simulator import raw_ami
from tests.simulator.core.journal import CONNECTION


async def until_told(bench: Bench, count: int) -> GatewayError | None:
    """Return what the listener hears last when it has heard so often."""
    await bench.listener.until(lambda: len(bench.listener.connections) >= count)
    return bench.listener.connections[-1][1]


async def test_a_box_that_still_holds_our_broken_login_is_tried_again() -> None:
    clock = HandClock()
    async with on_box(clock=clock) as bench:
        async with raw_ami.login(bench.box) as old:  # keeps the box's side open
            await bench.box.set_option("second_login", "refused")
            bench.box.ami.listener.connections[0].abort()
            await bench.listener.until_lost()
            for number, wait in enumerate((1, 2, 4, 4), 3):
                await clock.advance(wait)
                assert type(await until_told(bench, number)) is CannotConnect
            seen = bench.box.journal.last
            await old.close()
            await bench.box.journal.wait_for_kind(
                CONNECTION, since=seen, event="closed"
            )
        await clock.advance(4.0)
        await bench.listener.until_connected()


async def refuse_next(bench: ScriptedBench) -> GatewayError | None:
    """Refuse the next login and return what the listener hears of it."""
    told = len(bench.listener.connections)
    talk = await bench.server.accept()
    await talk.say(BANNER)
    await talk.hear()
    await talk.say(
        b"Response: Error\r\nActionID: %b\r\nMessage: Authentication failed\r\n\r\n"
        % talk.action_id
    )
    return await until_told(bench, told + 1)


async def lose(bench: ScriptedBench, talk: Talk) -> None:
    """Break the connection; the next try is due at once."""
    talk.abort()
    await bench.listener.until_lost()
    await bench.clock.advance(1.0)


async def test_a_login_that_is_refused_for_two_minutes_is_a_wrong_one() -> None:
    async with on_script() as bench:
        await lose(bench, await bench.connect())
        assert type(await refuse_next(bench)) is CannotConnect
        await bench.clock.leap(119.0)
        assert type(await refuse_next(bench)) is CannotConnect
        await bench.clock.advance(4.0)
        assert type(await refuse_next(bench)) is InvalidAuth
        assert bench.run
        await bench.run


async def test_the_two_minutes_start_anew_after_a_login() -> None:
    async with on_script() as bench:
        await lose(bench, await bench.connect())
        assert type(await refuse_next(bench)) is CannotConnect
        await bench.clock.leap(119.0)
        talk = await bench.server.accept()
        await talk.log_in()
        await bench.listener.until_connected()
        await lose(bench, talk)
        assert type(await refuse_next(bench)) is CannotConnect
        await bench.clock.advance(4.0)
        assert type(await refuse_next(bench)) is CannotConnect


async def test_time_without_a_box_is_no_refusal() -> None:
    async with on_script() as bench:
        await lose(bench, await bench.connect())
        assert type(await refuse_next(bench)) is CannotConnect
        await bench.clock.leap(119.0)
        told = len(bench.listener.connections)
        (await bench.server.accept()).close()
        await until_told(bench, told + 1)
        await bench.clock.advance(4.0)
        assert type(await refuse_next(bench)) is CannotConnect
