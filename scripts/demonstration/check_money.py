"""What is known of the money on the SIMs: balances, a past, warnings, an answer to be read."""

from decimal import Decimal
from typing import Any

from .boxes import Box, Boxes
from .furnish import UNKNOWN, SimEntities
from .home import Home
from .inventory import (
    LAPSING,
    LOW,
    LOW_AMOUNT,
    LOW_BELOW,
    PRICE,
    THRIFTY,
    UNREAD_AMOUNT,
    UNREAD_BEFORE,
    VALID_UNTIL,
)
from .past import TOP_UP
from .seen import CheckFailed, eventually

A_DAY = (Decimal("0.15"), Decimal("0.45"))
"""What the SIM with a past has spent a day, or a little more after this check."""


async def check_money(home: Home, boxes: Boxes, sims: list[SimEntities]) -> None:
    """Ask for all balances and look at what follows from them. Raises CheckFailed."""
    own = {sim.line: sim for sim in sims if sim.call}
    unread = next(sim for sim in sims if sim.box == "GoIP-1")
    for sim in sims:
        await _refresh(home, sim)
    await _pick_number(home, unread)
    for sim in sims:
        await _check_balance(home, sim)
    await _check_past(home, own[THRIFTY])
    await _check_lapsing(home, own[LAPSING])
    await _check_low(home, boxes.udp, own[LOW])


async def _refresh(home: Home, sim: SimEntities) -> None:
    """Press the button."""
    await home.action("button", "press", {"entity_id": sim.refresh})


async def _value(home: Home, entity_id: str) -> str | None:
    """Return a state that is known."""
    value: str = (await home.state(entity_id))["state"]
    return None if value in UNKNOWN else value


async def _check_balance(home: Home, sim: SimEntities) -> None:
    """See a balance, which may come as an SMS."""

    async def look() -> str | None:
        state = await home.state(sim.balance)
        if state["state"] in UNKNOWN:
            return None
        return f"{state['state']} {state['attributes']['unit_of_measurement']}"

    print(f"balance of {sim.device}: {await eventually(f'{sim.balance}', look)}")


async def _pick_number(home: Home, sim: SimEntities) -> None:
    """Go through the repair about an answer that nobody can read without help."""
    if (await _known(home, sim.balance)) != str(UNREAD_BEFORE):
        raise CheckFailed(f"{sim.device} should keep {UNREAD_BEFORE} as its balance")
    flow = home.repair_flow(await _issue(home, "balance_unread", sim.device))
    await flow.start()
    page = await flow.fill({"picked_number": "0"})
    if page["step_id"] != "pattern":
        raise CheckFailed(f"A pattern was expected, there is {page}")
    pattern = page["data_schema"][0]["description"]["suggested_value"]
    end = await flow.fill({"balance_pattern": pattern, "then": "save_pattern"})
    if end["type"] != "create_entry":
        raise CheckFailed(f"The pattern was not saved: {end}")
    print(f"learned: {sim.device} has its balance at {pattern}")

    async def settled() -> bool:
        shown = await _value(home, sim.balance)
        left = await _issues(home, "balance_unread", sim.device)
        return shown == f"{UNREAD_AMOUNT.normalize()}" and not left

    await eventually(f"{UNREAD_AMOUNT} instead of the repair", settled)


async def _check_past(home: Home, sim: SimEntities) -> None:
    """See what follows from the balances of the past."""
    balance = Decimal(await _known(home, sim.balance))
    a_day = Decimal(await _known(home, sim.cost_per_day))
    days = Decimal(await _known(home, sim.days_left))
    sms = Decimal(await _known(home, sim.sms_left))
    facts = (await home.state(sim.last_top_up))["attributes"]
    top_up = Decimal(str(facts.get("amount", 0)))
    told = f"{a_day} a day, {days} days, {sms} SMS, the last top-up {top_up}"
    # The last top-up is what the balance rose by: SMS of that day are not in it.
    if (
        not A_DAY[0] <= a_day <= A_DAY[1]
        or abs(days - balance / a_day) > 2
        or sms != balance // PRICE
        or not TOP_UP - 5 * PRICE <= top_up <= TOP_UP
    ):
        raise CheckFailed(f"{sim.device} has {balance}, and this is told: {told}")
    print(f"looking ahead for {sim.device}: {told}")


async def _known(home: Home, entity_id: str) -> str:
    """Wait for a state that is known."""
    return await eventually(entity_id, lambda: _value(home, entity_id))


async def _check_lapsing(home: Home, sim: SimEntities) -> None:
    """See the end of a SIM's validity, and the repair about it."""
    until = await _known(home, sim.valid_until)
    if until != VALID_UNTIL.isoformat():
        raise CheckFailed(f"{sim.device} is valid until {VALID_UNTIL}, not {until}")
    await _issue(home, "sim_lapsing", sim.device)
    print(f"repair: {sim.device} is valid until {until}")


async def _check_low(home: Home, box: Box, sim: SimEntities) -> None:
    """Let a balance fall below the threshold, and see what the automation says."""
    await box.command(home.session, "balance", line=sim.line, amount=LOW_AMOUNT)
    await _refresh(home, sim)
    expected = f"{sim.device}: the balance is low, {LOW_AMOUNT} UAH."

    async def look() -> str | None:
        told = await home.websocket("persistent_notification/get")
        found = (each["message"] for each in told)
        return next((words for words in found if words.startswith(expected)), None)

    words = await eventually(f"a notification: {expected}", look)
    print(f"low, below {LOW_BELOW}: {words}")


async def _issues(home: Home, key: str, device: str) -> list[str]:
    """Return the ids of the repairs of a kind about a SIM."""
    told: dict[str, list[dict[str, Any]]]
    told = await home.websocket("repairs/list_issues")
    return [
        issue["issue_id"]
        for issue in told["issues"]
        if issue["translation_key"] == key
        and issue["translation_placeholders"]["sim"] == device
    ]


async def _issue(home: Home, key: str, device: str) -> str:
    """Wait for a repair of a kind about a SIM and return its id."""

    async def look() -> str | None:
        return next(iter(await _issues(home, key, device)), None)

    return await eventually(f"a repair {key} about {device}", look)
