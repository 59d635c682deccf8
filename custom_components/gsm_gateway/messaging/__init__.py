"""The promises: nothing is lost, nothing is sent twice."""
