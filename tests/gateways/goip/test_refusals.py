"""What the box's own words mean, and that an operator's words mean nothing of it."""

import pytest

from custom_components.gsm_gateway.gateways.goip.refusals import read_refusal
from custom_components.gsm_gateway.gateways.model import (
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    SendRefused,
)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("L1 busy", ChannelBusy),
        ("busy", ChannelBusy),
        ("L32 GSM logout", ChannelUnavailable),
        ("GSM_LOGOUT", ChannelUnavailable),
        ("All our lines are busy", SendRefused),
        ("Dial *1# after the GSM logout", SendRefused),
    ],
)
def test_only_the_boxs_own_words_free_the_line(
    words: str, error: type[GatewayError]
) -> None:
    assert type(read_refusal(words)) is error
