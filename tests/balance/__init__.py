"""Tests of reading balances, of asking for them and of what is known of operators."""
