"""The product as a person meets it: a browser in front of a real Home Assistant."""
