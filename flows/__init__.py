"""The flow and its steps: the only room that knows Prefect, the disk and the network."""

import os

from flows.memory import keep_at_hand

# Arrow reads this when it is loaded. Its usual allocator gives memory back at once, only to ask for it again: where
# tables of hundreds of megabytes come and go, that takes a tenth of a build, and a third more memory at the peak.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
# The matrices of the reader are small: a second thread would only burn a processor while it waits for the next.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
keep_at_hand()
