"""Other ways to do the same, by scripts that know beforehand which column is what: see `tests.bench.peers.places`."""
