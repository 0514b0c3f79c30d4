"""One thread for everything numeric, so that a fit is the same on every machine."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def one_thread() -> Iterator[None]:
    """Run on one thread, quiet about overflow.

    Sums in another order would be another model; and where cores are shared, the threads of
    many short fits wait for each other several times longer than they work.
    """
    # Only libraries already loaded can be limited: this one brings the thread pools in.
    importlib.import_module("sklearn.metrics")
    pools = importlib.import_module("threadpoolctl")
    with pools.threadpool_limits(limits=1), np.errstate(all="ignore"):
        yield
