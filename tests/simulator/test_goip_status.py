"""The line status pages of a simulated GoIP, module switch and reboot."""

from .raw_goip import advance, body, get, goip, post


async def test_status_of_every_line() -> None:
    async with goip(status_encoding="gb2312") as box:
        await box.signal(1, 9)
        page = body(await get(box, "status.xml?type=list&ajaxcachebust=1"))
        assert page.startswith(b'<?xml version="1.0" encoding="gb2312"?><status>\n')
        for element in (
            b"<l1_module_status>Y</l1_module_status>",
            b"<l1_gsm_sim>Y</l1_gsm_sim>",
            b'<l1_gsm_signal>&lt;font color="#FF0000">9&lt;/font></l1_gsm_signal>',
            b"<l1_gsm_cur_oper>Beeline</l1_gsm_cur_oper>",
            b"<l2_gsm_signal>20</l2_gsm_signal>",
            b'<l4_gsm_status>&lt;font color="#FF0000">N&lt;/font></l4_gsm_status>',
            b"<l4_gsm_cur_oper></l4_gsm_cur_oper>",
        ):
            assert element in page


async def test_line_off_the_network_has_no_signal() -> None:
    async with goip(red_font=False) as box:
        await box.network(1, state=False)
        page = await get(box, "status.xml")
        assert b"<l1_gsm_signal>99</l1_gsm_signal>" in page
        assert b"<l1_gsm_status>N</l1_gsm_status>" in page
        assert b"<l1_gsm_sim>Y</l1_gsm_sim>" in page
        await box.network(1, state=True)
        await box.remove_sim(1)
        page = await get(box, "status.xml")
        assert b"<l1_gsm_sim>N</l1_gsm_sim>" in page
        await box.insert_sim(1)
        assert b"<l1_gsm_status>Y</l1_gsm_status>" in await get(box, "status.xml")


async def test_chinese_operator_in_gb2312() -> None:
    async with goip(status_encoding="gb2312") as box:
        await box.insert_sim(1, number="+86", operator="中国移动")
        page = await get(box, "status.xml")
        assert b"<l1_gsm_cur_oper>\xd6\xd0\xb9\xfa\xd2\xc6\xb6\xaf</l1" in page


async def test_html_page_with_padding_and_a_trap() -> None:
    async with goip() as box:
        page = await get(box, "status.html")
        assert b'<td id="l1_module_status_gsm">&nbsp;N&nbsp;</td>' in page
        assert b'<td id="l1_module_status">&nbsp;Y&nbsp;</td>' in page
        font = b'<font color="#FF0000">N</font>'
        assert b'<td id="l4_gsm_sim">&nbsp;' + font + b"&nbsp;</td>" in page


async def test_cards_and_box() -> None:
    async with goip(version="GHSFVT-1.1-68-9") as box:
        cards = await get(box, "status.xml?type=gsm")
        assert b"<l1_gsm_number>+79990000001</l1_gsm_number>" in cards
        assert b"<l1_sim_imsi>250990000000001</l1_sim_imsi>" in cards
        assert b"<l3_sim_imsi></l3_sim_imsi>" in cards
        base = await get(box, "status.xml?type=base")
        assert b"<sn>GOIPSIM0001</sn><version>GHSFVT-1.1-68-9</version>" in base
        assert b"<ech0_ip>127.0.0.1</ech0_ip>" in base
        assert b"<time>2026-07-11 20:31:08</time>" in base


async def test_module_down_is_off() -> None:
    async with goip() as box:
        await get(box, "status.html?type=list&down=1&line=1")
        assert not box.lines[1].module_on
        assert b'id="l1_module_status">&nbsp;<font' in await get(box, "status.html")
        await get(box, "status.html?type=list&down=0&line=1")
        assert box.lines[1].registered


async def test_reboot_by_the_page_closes_the_ports_for_a_while() -> None:
    async with goip() as box:
        assert b"Rebooting" in await post(box, "reboot.html", "")
        await advance(box, 2)
        assert not box.powered
        await advance(box, 60)
        assert box.powered
        assert b" 200 OK" in await get(box, "status.xml")
