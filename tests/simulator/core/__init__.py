"""What every simulated box is made of: clock, SIM cards, journal, listeners, HTTP, control."""
