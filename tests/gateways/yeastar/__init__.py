"""The Yeastar driver, over real sockets."""
