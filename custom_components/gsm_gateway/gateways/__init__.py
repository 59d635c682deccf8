"""Drivers for GSM gateways; knows nothing of Home Assistant."""
