"""The GoIP driver, over real sockets."""
