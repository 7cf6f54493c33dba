"""Weights by the members' policies, a rebalance and a member at a time, as they are documented."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["weights"]

Floats = NDArray[np.float64]

_YEAR, _WINDOW = 252, 252


def weights(policy: str, returns: Floats, rows: NDArray[np.int64]) -> Floats:
    """Return weights at some rows, shape (n_rows, n_members); no cap, and no member missing."""
    score = {"vol_parity": _vol_parity, "kelly": _kelly, "cap_dd": _cap_dd}[policy]
    found = []
    for row in rows:
        scores = score(returns[:, :row])
        base = scores / len(scores)
        found.append(base / max(base.sum(), 1.0))
    return np.array(found)


def _vol_parity(past: Floats) -> Floats:
    decays = 0.94 ** np.arange(past.shape[1])[::-1]
    weighted = np.array([np.sqrt((own**2 * decays).sum() / decays.sum()) for own in past])
    plain = past[:, -_WINDOW:].std(axis=1, ddof=1)
    inverse: Floats = 1 / np.maximum(np.maximum(weighted, plain) * np.sqrt(_YEAR), 0.01)
    scores: Floats = inverse / inverse.mean()
    return scores


def _kelly(past: Floats) -> Floats:
    fractions = past.mean(axis=1) / past.var(axis=1, ddof=1) / 2
    scores: Floats = np.clip(fractions, 0.0, 2.0)
    return scores


def _cap_dd(past: Floats) -> Floats:
    equity = np.cumprod(1 + past, axis=1)
    drawdowns = equity / np.maximum(np.maximum.accumulate(equity, axis=1), 1.0) - 1
    worst = drawdowns[:, -_WINDOW:].min(axis=1)
    scores: Floats = np.minimum(0.2 / np.abs(worst), 1.0)
    return scores
