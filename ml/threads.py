"""One thread for everything numeric, so that a fit is the same on every machine."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")
Result = TypeVar("Result")
#: Fits of one model that run at a time: each holds a copy of its rows.
AT_A_TIME = 2


@contextmanager
def one_thread() -> Iterator[None]:
    """Run on one thread, quiet about overflow; whoever fits side by side holds it around all fits.

    Sums in another order would be another model; and where cores are shared, the threads of
    many short fits wait for each other several times longer than they work. BLAS has one number of
    threads for the whole process, so the first fit to end must not set it back for the others.
    """
    # Only libraries already loaded can be limited: this one brings the thread pools in.
    importlib.import_module("sklearn.metrics")
    pools = importlib.import_module("threadpoolctl")
    with pools.threadpool_limits(limits=1), np.errstate(all="ignore"):
        yield


def side_by_side(fit: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results of independent fits in the order of their items, two at a time, a thread each."""

    def alone(item: Item) -> Result:
        with one_thread():
            return fit(item)

    with one_thread(), ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(alone, items))
