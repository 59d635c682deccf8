"""Home Assistant and a GoIP that it talks to by UDP: a bad way, and much at once."""

import pytest

from . import udp_burst, udp_push, udp_send


@pytest.mark.timeout(180)
async def test_each_message_over_a_bad_way_is_announced_once() -> None:
    settings = udp_push.Settings(messages=500, scale=20.0, pace=10.0, tries=3, loss=0.3)
    outcome = await udp_push.run(settings)
    print(outcome.tell())
    assert outcome.failures == []
    assert outcome.messages == 500
    assert outcome.unheard > 0
    assert outcome.pushed + outcome.from_page == 500
    assert outcome.hits.keys() == {"udp_loss", "udp_double", "udp_reorder"}


async def test_much_at_once_is_announced_before_the_box_repeats_it() -> None:
    outcome = await udp_burst.run()
    print(outcome.tell())
    assert outcome.failures == []
    assert outcome.announced == outcome.messages == 320


@pytest.mark.timeout(180)
async def test_what_is_told_of_sms_over_a_bad_way_is_true() -> None:
    outcome = await udp_send.run(udp_send.Settings(messages=24))
    print(outcome.tell())
    assert outcome.failures == []
    assert outcome.states.total() == 24
    assert outcome.lost > 0
