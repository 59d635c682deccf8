"""A program that writes a message log until it is killed, or until its disk is full.

Run as `store_child.py COMPONENT FILE TASK`; it says on its output what it did.
"""

import asyncio
import importlib
from pathlib import Path
import resource
import sys
from types import ModuleType
from typing import Any

WRITERS = 4
BACK = asyncio.Event()
SET = "INSERT INTO meta VALUES (?, ?)"


def store_module(component: str) -> ModuleType:
    """Return `messaging.store` without Home Assistant."""
    bare = ModuleType("bare")
    bare.__path__ = [component]
    sys.modules["bare"] = bare
    return importlib.import_module("bare.messaging.store")


def say(*words: object) -> None:
    """Tell the parent, at once."""
    print(*words, flush=True)  # noqa: T201  # that is its output


def tell(trouble: Any, detail: str) -> None:
    """Say what became of the file."""
    say("trouble", trouble.value)
    if trouble.value == "none":
        BACK.set()


async def write_on(store: Any) -> None:
    """Write numbered rows for ever, and say which are acknowledged."""

    async def writer(name: int) -> None:
        number = 0
        while True:
            number += 1
            await store.write((SET, (f"{name}:{number}", "x" * 500)))
            say("acknowledged", f"{name}:{number}")

    await asyncio.gather(*(writer(name) for name in range(WRITERS)))


async def fill_up(store: Any, unavailable: type[Exception]) -> None:
    """Write until the disk is full, then until it is not any more."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, most))
    number = 0
    try:
        while True:
            number += 1
            await store.write((SET, (f"a:{number}", "x" * 5000)))
            say("acknowledged", f"a:{number}")
    except unavailable as error:
        say("refused", f"a:{number}")
        say("because", error)
    await store.note_begun("in spite of that")
    say("available", store.available)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    await asyncio.wait_for(BACK.wait(), 30)
    await store.write((SET, ("b:1", "y")))
    say("acknowledged", "b:1")


async def main(component: str, file: str, task: str) -> None:
    """Do what is asked for."""
    module = store_module(component)
    clock = importlib.import_module("bare.gateways.clock").Clock(scale=50)
    store = module.Store(Path(file), clock, tell)
    say("opening", await store.open())
    if task == "write":
        await write_on(store)
    elif task == "fill":
        await fill_up(store, module.StoreUnavailable)
    else:
        await asyncio.Event().wait()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
