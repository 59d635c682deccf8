"""Simulated GSM gateways: boxes with SIM cards that speak on the wire as the real ones do."""
