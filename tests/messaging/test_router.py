"""Which SIM may send, and which one does."""

import pytest

from custom_components.gsm_gateway.messaging.job import Need
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import (
    Fallback,
    Priority,
    Route,
    SendPolicy,
)

from .fake_box import FakeBox
from .sending import ANY, Office

ALARM, NORMAL = Priority.ALARM, Priority.NORMAL


@pytest.fixture
def lines(office: Office) -> dict[str, Line]:
    """Two SIMs in one box, one in another."""
    here, there = FakeBox(), FakeBox()
    return {
        "a": office.add(here, "a", channel=1),
        "b": office.add(here, "b", channel=2),
        "c": office.add(there, "c", box_id="other"),
    }


def ids(lines: list[Line]) -> list[str]:
    return [line.line_id for line in lines]


def usable(office: Office, route: Route, priority: Priority) -> list[Line]:
    """Return the lines that a message would take now, were they free."""
    choice = office.router.choice(Need(route))
    return list(choice.usable(priority, lambda line: True))


@pytest.mark.parametrize(
    ("route", "candidates"),
    [
        (Route(order=("b",)), ["b"]),
        (Route(order=("c", "a")), ["c", "a"]),
        (Route(order=("b", "b", "nobody")), ["b"]),
        (Route(then=Fallback.BOX, box_id="box"), ["a", "b"]),
        (Route(then=Fallback.ANY), ["a", "b", "c"]),
        (Route(order=("b",), then=Fallback.BOX, box_id="box"), ["b", "a"]),
        (Route(order=("c",), then=Fallback.ANY), ["c", "a", "b"]),
        (Route(order=("c",), then=Fallback.BOX, box_id="box"), ["c", "a", "b"]),
        (Route(), []),
    ],
)
async def test_candidates(
    office: Office, lines: dict[str, Line], route: Route, candidates: list[str]
) -> None:
    assert ids(office.router.candidates(route)) == candidates


async def test_policies(office: Office, lines: dict[str, Line]) -> None:
    lines["a"].policy = SendPolicy.WHEN_NAMED
    lines["b"].policy = SendPolicy.NEVER
    assert ids(office.router.candidates(ANY)) == ["c"]
    assert ids(office.router.candidates(Route(order=("a", "b")))) == ["a"]


async def test_disabled_sim_is_never_used(
    office: Office, lines: dict[str, Line]
) -> None:
    lines["a"].enabled = False
    assert ids(office.router.candidates(ANY)) == ["b", "c"]
    assert ids(office.router.candidates(Route(order=("a",)))) == []


@pytest.mark.parametrize("fault", ["away", "not registered", "not ready"])
async def test_only_able_sims_are_usable(
    office: Office, lines: dict[str, Line], fault: str
) -> None:
    match fault:
        case "away":
            lines["a"].connected = False
        case "not registered":
            lines["a"].registered = False
        case "not ready":
            lines["a"].gateway.sender.not_ready.add(1)  # type: ignore[attr-defined]
    assert ids(usable(office, ANY, NORMAL)) == ["b", "c"]
    assert ids(usable(office, Route(order=("a", "c")), NORMAL)) == ["c"]
    assert ids(office.router.candidates(ANY)) == ["a", "b", "c"]


@pytest.mark.parametrize("registered", [None, True])
async def test_unknown_registration_counts_as_maybe(
    office: Office, lines: dict[str, Line], registered: bool | None
) -> None:
    lines["a"].registered = registered
    assert "a" in ids(usable(office, ANY, NORMAL))


async def test_others_only_when_no_named_one_is_able(
    office: Office, lines: dict[str, Line]
) -> None:
    route = Route(order=("b",), then=Fallback.ANY)
    assert ids(usable(office, route, NORMAL)) == ["b"]
    lines["b"].connected = False
    assert ids(usable(office, route, NORMAL)) == ["a", "c"]


async def test_alarm_takes_any_that_is_able(
    office: Office, lines: dict[str, Line]
) -> None:
    route = Route(order=("b",), then=Fallback.ANY)
    assert ids(usable(office, route, ALARM)) == ["b", "a", "c"]


async def test_sim_that_has_rested_longest_comes_first(
    office: Office, lines: dict[str, Line]
) -> None:
    await office.clock.advance(10)
    lines["a"].sent()
    await office.clock.advance(10)
    lines["b"].sent()
    assert ids(office.router.candidates(ANY)) == ["c", "a", "b"]


async def test_line_with_the_same_id_takes_the_place_of_the_older(
    office: Office, lines: dict[str, Line]
) -> None:
    new = office.add(FakeBox(), "a")
    assert office.router.get("a") is new
    assert len(list(office.router)) == 3
    office.router.remove("a")
    office.router.remove("a")
    assert office.router.get("a") is None
