"""Work beside the main thread is done once, in order, by a thread or by who waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest

from flows.beside import Beside, leave


@pytest.fixture
def busy() -> Iterator[tuple[Beside, Event]]:
    """All threads busy until the event is set."""
    go = Event()
    with Beside() as beside:
        for _ in range(4):
            beside.submit(go.wait, 10)
        yield beside, go
        go.set()


def test_who_waits_works(busy):
    """What no thread has begun is done by who waits for it, and only there."""
    beside, go = busy
    done: list[bool] = []
    job = beside.submit(lambda: done.append(current_thread() is main_thread()))
    job.take()
    go.set()
    job.result()
    assert done == [True]


def test_threads_work():
    """What nobody waits for is done by a thread, and its outcome is kept."""
    with Beside() as beside:
        begun = Event()
        job = beside.submit(lambda: begun.set() or current_thread() is main_thread())
        assert begun.wait(10)
        assert job.result() is False


@pytest.mark.parametrize("waits", [True, False])
def test_errors(waits, busy):
    """An error comes to who asks for the outcome, wherever it was raised, and as often as he asks."""
    beside, go = busy
    job = beside.submit(lambda: 1 / 0)
    if not waits:
        go.set()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            job.result()


def test_leave(busy):
    """What is left is not begun any more; what has begun is waited for."""
    beside, go = busy
    done: list[int] = []
    jobs = [beside.submit(done.append, number) for number in range(3)]
    jobs[1].take()
    leave(jobs)
    go.set()
    assert done == [1]
