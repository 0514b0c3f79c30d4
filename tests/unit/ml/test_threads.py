"""Models are fitted side by side, each on one thread."""

from threading import Barrier, Thread

import sklearn.metrics  # noqa: F401
from threadpoolctl import threadpool_info

from ml.threads import one_thread


def threads(kind: str) -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == kind}


def test_a_fit_keeps_to_one_thread_when_the_one_beside_it_has_ended() -> None:
    before = threads("blas"), threads("openmp")
    step, seen = Barrier(2, timeout=20), {}

    def short() -> None:
        with one_thread():
            step.wait()
        step.wait()

    def long() -> None:
        with one_thread():
            step.wait()
            step.wait()
            seen["blas"], seen["openmp"] = threads("blas"), threads("openmp")

    with one_thread():
        fits = [Thread(target=short), Thread(target=long)]
        for fit in fits:
            fit.start()
        for fit in fits:
            fit.join()
    assert seen == {"blas": {1}, "openmp": {1}}
    assert (threads("blas"), threads("openmp")) == before
