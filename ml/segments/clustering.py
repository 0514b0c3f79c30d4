"""k-means on z-scored logs, and the number of clusters that resampling leaves alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.frames import FloatArray
from ml.segments.settings import SegmentSettings

Labels = npt.NDArray[np.int64]
_SAMPLE = 5_000
_FURTHER = 3


@dataclass(frozen=True)
class Clusters:
    """Centroids on the scale they were found on; both frozen until the next fit."""

    mean: FloatArray
    scale: FloatArray
    centroids: FloatArray

    def assign(self, x: FloatArray) -> Labels:
        """Nearest centroid of each row of measures, from zero; the first of equally near ones."""
        z = (np.log1p(x) - self.mean) / self.scale
        return _nearest(z, self.centroids)


@dataclass(frozen=True)
class Stability:
    """Agreement (adjusted Rand) of clusterings of resamples with the clustering itself.

    ``separation`` is Calinski and Harabasz's ratio: how far clusters lie apart for how wide they are.
    """

    k: int
    mean: float
    least: float
    smallest_share: float
    separation: float


def cluster(x: FloatArray, settings: SegmentSettings) -> tuple[Clusters, Stability, list[Stability]]:
    """The most stable clustering, how stable it is, and the same of every one tried.

    The more people, the more every number of clusters is stable: those that differ by less than
    ``alike`` count as equally so, and the best separated of them is taken.
    Clusters below ``min_share`` give way to their neighbours. Where that leaves fewer than
    ``fewest``, larger numbers are started from, and fewer are taken only when those fail too.
    """
    logs = np.log1p(x)
    mean, scale = logs.mean(axis=0), logs.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    z = (logs - mean) / scale
    tried: list[tuple[Stability, FloatArray]] = []
    for k in range(settings.fewest, settings.most + _FURTHER + 1):
        if k > settings.most and any(settings.fewest <= one.k <= settings.most for one, _ in tried):
            break
        centroids = _means(z, k, settings, settings.seed, starts=4)
        tried.append((_stability(z, centroids, k, settings), centroids))
    few = [one for one in tried if one[0].k <= settings.most]
    enough = [one for one in few if one[0].k >= settings.fewest]
    if enough:
        least = max(one[0].mean for one in enough) - settings.alike
        best = max((one for one in enough if one[0].mean >= least), key=lambda one: one[0].separation)
    else:
        best = max(few or tried, key=lambda one: (one[0].k, one[0].mean))
    return Clusters(mean, scale, best[1]), best[0], [one[0] for one in tried]


def _nearest(z: FloatArray, centroids: FloatArray) -> Labels:
    distance = ((z[:, None, :] - centroids[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(np.argmin(distance, axis=1), dtype=np.int64)


def _means(z: FloatArray, k: int, settings: SegmentSettings, seed: int, starts: int) -> FloatArray:
    """Centroids of k-means, less the smallest of them while it is too small to keep."""
    from sklearn.cluster import KMeans

    fitted = KMeans(k, n_init=starts, random_state=seed, max_iter=200).fit(z)
    centroids = np.asarray(fitted.cluster_centers_, dtype="float64")
    while len(centroids) > 1:
        shares = np.bincount(_nearest(z, centroids), minlength=len(centroids)) / len(z)
        if shares.min() >= settings.min_share:
            break
        centroids = np.delete(centroids, np.argmin(shares), axis=0)
    return centroids


def _stability(
    z: FloatArray, centroids: FloatArray, started_from: int, settings: SegmentSettings
) -> Stability:
    from sklearn.metrics import adjusted_rand_score

    k = len(centroids)
    shares = np.bincount(_nearest(z, centroids), minlength=k) / len(z)
    random = np.random.default_rng(settings.seed)
    judged = z[np.sort(random.permutation(len(z))[:_SAMPLE])]
    own = _nearest(judged, centroids)
    agreement = []
    for number in range(settings.bootstraps):
        drawn = z[np.sort(random.integers(0, len(z), min(len(z), _SAMPLE)))]
        if len(np.unique(drawn, axis=0)) < started_from:
            continue
        again = _means(drawn, started_from, settings, settings.seed + 1 + number, starts=3)
        agreement.append(float(adjusted_rand_score(own, _nearest(judged, again))))
    apart = _separation(judged, own)
    if not agreement:
        return Stability(k, 0.0, 0.0, float(shares.min()), apart)
    return Stability(k, float(np.mean(agreement)), float(np.min(agreement)), float(shares.min()), apart)


def _separation(z: FloatArray, labels: Labels) -> float:
    from sklearn.metrics import calinski_harabasz_score

    return float(calinski_harabasz_score(z, labels)) if 1 < len(np.unique(labels)) < len(z) else 0.0
