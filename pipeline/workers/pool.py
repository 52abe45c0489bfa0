"""A pool of worker processes that can be killed (decision 0002).

A thread cannot be stopped inside a C parser or a regular expression that never ends, and a crash
in a C library takes its process along. So untrusted bytes are parsed in processes of our own: one
item at a time each, with a deadline and a memory limit; a worker that hangs, dies or swells is
killed and replaced, and its item alone comes back as a ``Failure``.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, Final, Generic, Self, TypeVar

from transforms.rejects import Reason

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# A fork server that has already imported the stages and loaded their tables: a new worker is one
# fork away, and the tables' memory is shared.
_PRELOAD: Final = ["pipeline.workers.preload", "pipeline.steps.rows"]
_NO_MEMORY: Final = 12  # exit code of a worker that could not take its item in (ENOMEM)
_PATIENCE: Final = 10  # times its seconds that an item may last beside other work
_TRIES: Final = 2  # an item that costs so many workers their life on arrival is given up


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no answer: ``crashed``, ``too_slow`` or ``out_of_memory``."""

    reason: Reason
    detail: str


@dataclass(slots=True)
class _Worker:
    """A worker process and what it is busy with."""

    process: ForkServerProcess
    connection: Connection
    index: int | None = None  # of the item in hand
    spent: float = 0.0  # seconds of CPU before it
    deadline: float = 0.0  # when to look whether it takes too long
    end: float = 0.0  # when it does whatever it has done


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    return context


def _limit_memory(megabytes: int) -> None:
    """Let this process grow by so many megabytes; beyond it allocations fail."""
    import resource  # noqa: PLC0415 - POSIX only, and only in workers

    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a kernel file
        present = int(statm.read().split()[0]) * resource.getpagesize()
    limit = present + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _serve(connection: Connection, work: Callable[[Any], Any], memory_mb: int) -> None:
    """A worker's life: answer items until the connection closes."""
    with contextlib.suppress(OSError, ImportError, ValueError):
        _limit_memory(memory_mb)
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):
            return
        except MemoryError:
            sys.exit(_NO_MEMORY)
        try:
            answer = work(item)
        except MemoryError:
            answer = Failure("out_of_memory", f"needed more than {memory_mb} MB")
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must go on
            answer = Failure("crashed", _describe(error))
        try:
            connection.send(answer)
        except OSError:  # whoever asked is gone
            return


def _cpu_seconds(process: ForkServerProcess) -> float | None:
    """Seconds of CPU a process has had; None where the kernel does not tell."""
    if sys.platform != "linux" or process.pid is None:
        return None
    with contextlib.suppress(OSError):  # it has ended
        return time.clock_gettime(~process.pid << 3 | 2)  # as clock_getcpuclockid(3) makes it
    return None


def _describe(error: BaseException) -> str:
    """One line of cause: the exception and where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ""
    if trace is not None:
        where = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - text only
    return f"{type(error).__name__}: {error}"[:300] + where


@dataclass(frozen=True, slots=True)
class Workers:
    """How many worker processes there are, and what an item may take.

    Attributes:
        processes: how many; 0 is one.
        timeout: seconds of work; on a busy machine they last longer, up to ten times.
        memory_mb: megabytes beyond a fresh worker.
    """

    processes: int = 1
    timeout: float = 20.0
    memory_mb: int = 2048


# For our own work on data that was let in already: beside the launcher, and never given up.
UNLIMITED: Final = Workers(processes=2, timeout=24 * 3600.0, memory_mb=1 << 20)


class KillablePool(Generic[Item, Answer]):
    """Worker processes for one function.

    Args:
        work: the function; it must live in an importable module.
        workers: how many, and their limits.
    """

    def __init__(self, work: Callable[[Item], Answer], workers: Workers) -> None:
        """Keep the settings; workers start with the first item."""
        self._work = work
        self._processes = max(1, workers.processes)
        self._timeout = workers.timeout
        self._memory_mb = workers.memory_mb
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        """Use the pool as a context that closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pool."""
        self.close()

    def map(self, items: Iterable[Item]) -> Iterator[Answer | Failure]:
        """Answer items in their order.

        Args:
            items: picklable; taken as workers become free, so they may be a long iterator.

        Yields:
            For each item its answer, or the ``Failure`` that stands for it.
        """
        for _, answer in self._in_order(items):
            yield answer

    def _in_order(self, items: Iterable[Item]) -> Iterator[tuple[int, Answer | Failure]]:
        ready: dict[int, Answer | Failure] = {}
        following = 0
        for index, answer in self.as_completed(items):
            ready[index] = answer
            while following in ready:
                yield following, ready.pop(following)
                following += 1

    def as_completed(self, items: Iterable[Item]) -> Iterator[tuple[int, Answer | Failure]]:
        """Answer items as they come ready.

        Args:
            items: picklable.

        Yields:
            Pairs of the item's index and its answer or ``Failure``.
        """
        source = enumerate(items)
        waiting: deque[tuple[int, Item]] = deque()
        refused: Counter[int] = Counter()
        while True:
            for worker in self._idle():
                pair = waiting.popleft() if waiting else next(source, None)
                if pair is None:
                    break
                failure = self._hand_over(worker, *pair)
                if failure is None:
                    continue
                refused[pair[0]] += 1
                if refused[pair[0]] < _TRIES:
                    waiting.append(pair)  # the worker may have been dead before it saw the item
                else:
                    yield pair[0], failure
            if not any(worker.index is not None for worker in self._workers):
                if not waiting:
                    return
                continue
            yield from self._collect()

    def _idle(self) -> list[_Worker]:
        while len(self._workers) < self._processes:
            self._workers.append(self._start())
        return [worker for worker in self._workers if worker.index is None]

    def _start(self) -> _Worker:
        context = _context()
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self._work, self._memory_mb), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand_over(self, worker: _Worker, index: int, item: Item) -> Failure | None:
        """Give a worker an item; when it dies over it, say how."""
        try:
            worker.connection.send(item)
        except OSError:
            worker.process.join(1)  # it has closed its end: let it end by itself and tell why
            self._discard(worker)
            if worker.process.exitcode == _NO_MEMORY:
                return Failure("out_of_memory", f"larger than {self._memory_mb} MB can take in")
            return Failure("crashed", f"worker ended with code {worker.process.exitcode}")
        worker.index = index
        worker.spent = _cpu_seconds(worker.process) or 0.0
        now = time.monotonic()
        worker.deadline, worker.end = now + self._timeout, now + self._timeout * _PATIENCE
        return None

    def _collect(self) -> Iterator[tuple[int, Answer | Failure]]:
        busy = [worker for worker in self._workers if worker.index is not None]
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        answered = set(wait([worker.connection for worker in busy], timeout=patience))
        now = time.monotonic()
        for worker in busy:
            index = worker.index
            if index is None:
                continue
            if worker.connection in answered:
                yield index, self._receive(worker)
            elif now >= worker.deadline and not self._has_time(worker, now):
                self._discard(worker)
                yield index, Failure("too_slow", f"took more than {self._timeout:g} s")

    def _has_time(self, worker: _Worker, now: float) -> bool:
        """Its own time counts: beside other work it gets less than a second a second."""
        spent = _cpu_seconds(worker.process)
        left = 0.0 if spent is None else self._timeout - (spent - worker.spent)
        worker.deadline = min(now + left, worker.end)
        return worker.deadline > now

    def _receive(self, worker: _Worker) -> Answer | Failure:
        try:
            answer: Answer | Failure = worker.connection.recv()
        except (EOFError, OSError):
            self._discard(worker)
            return Failure("crashed", f"worker ended with code {worker.process.exitcode}")
        except MemoryError as error:
            self._discard(worker)
            return Failure("out_of_memory", _describe(error))
        worker.index = None
        if isinstance(answer, Failure):
            self._discard(worker)  # a worker that ran out of memory may be left in any state
        return answer

    def _discard(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()

    def close(self) -> None:
        """End all workers."""
        for worker in list(self._workers):
            self._discard(worker)
