"""The flow and its steps: the only room that knows Prefect, the disk and the network."""
