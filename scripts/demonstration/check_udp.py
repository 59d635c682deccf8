"""What GoIP's own protocol brings: pushes, delivery, USSD, calls, and boxes that call."""

from typing import Any

from .boxes import Box, Boxes
from .furnish import SimEntities, add_stranger, find_sims
from .home import Home
from .inventory import CONTACT_NUMBER, STRANGER_ADDRESS
from .seen import CheckFailed, eventually, in_journal


async def check_udp(home: Home, boxes: Boxes, sims: list[SimEntities]) -> None:
    """Look for it at the box whose SIMs are given. Raises CheckFailed."""
    box = boxes.udp
    for sim in sims:
        await in_journal(home, box, "ussd_dialled", line=sim.line, interface="udp")
    print(f"asked by UDP: the balances of {len(sims)} SIMs")
    await in_journal(home, box, "sms_acknowledged", how="udp RECEIVE", status=0)
    print("acknowledged by UDP: a pushed SMS")
    await _check_delivered(home, box, sims[0])
    await _check_call(home, box, sims[0], "rejected")
    await _check_call(home, box, sims[1], "rang")
    if boxes.stranger is not None:
        await _check_discovery(home, boxes.stranger)


async def _check_delivered(home: Home, box: Box, sim: SimEntities) -> None:
    """Send an SMS and hear that it was delivered."""
    text = "Check: delivered"
    data = {
        "to": CONTACT_NUMBER,
        "message": text,
        "device_id": sim.device_id,
        "wait_for": "delivered",
    }
    answer = await home.action("gsm_gateway", "send_sms", data, response=True)
    states = [message["state"] for message in answer["messages"]]
    if states != ["delivered"]:
        raise CheckFailed(f"send_sms waited for a delivery and answered {answer}")
    await in_journal(home, box, "sms_on_air", text=text, interface="udp")
    print(f"delivered: from {sim.device} to {CONTACT_NUMBER}: {text}")


async def _check_call(home: Home, box: Box, sim: SimEntities, what: str) -> None:
    """Let a call come in, and see its event and the gate that opens."""
    await _gate(home, "off")
    await box.command(home.session, "call", line=sim.line, caller=CONTACT_NUMBER)

    async def look() -> bool:
        attributes = (await home.state(sim.call))["attributes"]
        seen = (attributes.get("caller"), attributes.get("rejected"))
        return seen == (CONTACT_NUMBER, what == "rejected")

    await eventually(f"{sim.call} from {CONTACT_NUMBER}, {what}", look)
    await _gate(home, "on")
    if what == "rejected":
        await in_journal(home, box, "call", line=sim.line, event="ended", by="udp")
    else:
        await _line_is(home, sim, "incoming")
        await box.command(home.session, "hangup", line=sim.line)
    await _line_is(home, sim, "idle")
    print(f"call: {CONTACT_NUMBER} {what} at {sim.device}, the gate opened")


async def _gate(home: Home, state: str) -> None:
    """Wait until the gate is open (on) or closed."""

    async def look() -> bool:
        return bool((await home.state("input_boolean.gate"))["state"] == state)

    await eventually(f"the gate {state}", look)


async def _line_is(home: Home, sim: SimEntities, state: str) -> None:
    """Wait for the state of a line."""

    async def look() -> bool:
        return bool((await home.state(sim.line_state))["state"] == state)

    await eventually(f"{sim.line_state} {state}", look)


async def _check_discovery(home: Home, box: Box) -> None:
    """See that a box that calls is offered, once; add it and receive an SMS."""
    flow_id = await _offer(home, len((await box.state(home.session))["lines"]))
    known = {sim.device_id for sim in await find_sims(home)}
    await add_stranger(home, box, flow_id)

    async def new() -> SimEntities | None:
        sims = await find_sims(home)
        return next((sim for sim in sims if sim.device_id not in known), None)

    sim = await eventually("the SIM of the box that was discovered", new)
    text = "Hello from the attic"
    await box.command(home.session, "receive", line=1, sender=CONTACT_NUMBER, text=text)

    async def received() -> bool:
        return bool((await home.state(sim.incoming))["attributes"].get("text") == text)

    await eventually(f"{sim.incoming} with {text!r}", received)
    await in_journal(home, box, "sms_acknowledged", how="udp RECEIVE", status=0)
    print(f"received: {sim.device} from {CONTACT_NUMBER}: {text}")


async def _offer(home: Home, lines: int) -> str:
    """Return the id of the flow that offers the box, once all its lines have called."""

    async def offered() -> list[Any]:
        found = [
            flow
            for flow in await home.websocket("config_entries/flow/progress")
            if flow["handler"] == "gsm_gateway"
            and flow["context"]["source"] == "integration_discovery"
        ]
        if len(found) > 1:
            raise CheckFailed(f"One box calls, these are offered: {found}")
        return found

    (flow,) = await eventually(f"a box discovered at {STRANGER_ADDRESS}", offered)
    flow_id: str = flow["flow_id"]

    async def complete() -> bool:
        page = await home.config_flow(flow_id).look()
        told = page["description_placeholders"]
        if told["address"] != STRANGER_ADDRESS:
            raise CheckFailed(f"Another box is offered: {told}")
        return len(told["rows"].splitlines()) == lines

    await eventually(f"{lines} lines that call from {STRANGER_ADDRESS}", complete)
    print(f"discovered: a GoIP at {STRANGER_ADDRESS} with {lines} lines")
    return flow_id
