"""The foreign programs, each found once."""

import importlib.util

import pytest

from .machine import check, missing, program


@pytest.fixture(scope="session")
def curl() -> str:
    """Return curl."""
    return program("curl")


@pytest.fixture(scope="session")
def perl() -> str:
    """Perl with Net::SMPP."""
    check("Perl's Net::SMPP", "perl", "-MNet::SMPP", "-e", "1")
    return program("perl")


@pytest.fixture(scope="session")
def node() -> str:
    """Node.js with its SMPP and AMI packages."""
    for package in ("smpp", "asterisk-manager", "yana"):
        check(f"the node package {package}", "node", "-e", f"require('{package}')")
    return program("node")


@pytest.fixture(scope="session")
def kannel() -> tuple[str, str]:
    """Kannel's bearerbox and smsbox."""
    return program("bearerbox"), program("smsbox")


@pytest.fixture(scope="session")
def tshark() -> tuple[str, str]:
    """Wireshark's tshark and text2pcap."""
    return program("tshark"), program("text2pcap")


@pytest.fixture(scope="session")
def smpp34() -> None:
    """The Python package smpp34, which is not made for every machine."""
    if importlib.util.find_spec("smpp34") is None:
        missing("the Python package smpp34")
