"""Tests of the GSM gateway integration."""
