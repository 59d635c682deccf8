"""A Home Assistant of its own, a simulated box, and a browser."""

from collections.abc import AsyncGenerator
from pathlib import Path
import shutil

from playwright.async_api import Page, async_playwright
import pytest

from scripts.demonstration.boxes import Box
from scripts.demonstration.home import Home
from scripts.demonstration.ports import free_port

BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SLOW_MACHINE_MS = 60_000


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    """Return a running Home Assistant."""
    async with Home(tmp_path / "home", free_port()) as running:
        yield running


@pytest.fixture
async def page() -> AsyncGenerator[Page]:
    """Return an empty page of Debian's or the user's Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here: scripts/setup --browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=BROWSER_OPTIONS
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(SLOW_MACHINE_MS)
        yield page
        await browser.close()


@pytest.fixture
async def tg() -> AsyncGenerator[Box]:
    """Return a simulated Yeastar TG with one SIM, as a program of its own."""
    box = await Box.start(
        (
            *("yeastar", "--lines", "2", "--password", "good-password"),
            *("--sim", "1 operator=MTS imsi=250010000000001 balance=152.40"),
            *("--sim", "1 balance_code=*100# 'balance_template=Баланс: {balance} р.'"),
            *("--sim", "2 none"),
        )
    )
    yield box
    await box.stop()
