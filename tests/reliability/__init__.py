"""The proof that nothing is lost and nothing happens twice: chaos, and a judge."""
