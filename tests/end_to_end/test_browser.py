"""A person adds a box in the browser and sees a balance."""

from playwright.async_api import Page, expect
import pytest

from scripts.demonstration.boxes import Box
from scripts.demonstration.furnish import find_sims
from scripts.demonstration.home import Home

pytestmark = pytest.mark.timeout(300)


async def test_adding_a_yeastar_shows_its_balance(
    page: Page, home: Home, tg: Box
) -> None:
    await page.goto(f"{home.url}/config/integrations/dashboard/add?domain=gsm_gateway")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("Yeastar TG").click()
    await page.locator("input[name=host]").fill(f"127.0.0.1:{tg.ports['http']}")
    await page.locator("input[name=username]").fill("apiuser")
    await page.locator("input[name=password]").fill("bad-password")
    await page.get_by_text("Ports and certificate").click()
    ami_port = page.locator("ha-selector-number").filter(has_text="Port of AMI")
    await ami_port.locator("input").fill(str(tg.ports["ami"]))
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("refuses this API user or password")).to_be_visible()

    await page.locator("input[name=password]").fill("good-password")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("SIMs found: 1, in port 1")).to_be_visible()
    await expect(page.locator("input[name=balance_code]")).to_have_value("*100#")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("SIMs found")).to_be_hidden()

    (sim,) = await find_sims(home)
    await page.goto(f"{home.url}/config/devices/device/{sim.device_id}")
    await page.get_by_role("button", name="Press").click()
    await expect(page.get_by_text("152.40")).to_be_visible()
