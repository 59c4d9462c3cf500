"""Trains the network of `sinorus_corpus.cleaning.network` with JAX: the same sums, with their derivatives.

Set `XLA_FLAGS` as the Makefile does: with one thread the same data give the same weights.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from sinorus_corpus.cleaning.features import Features
from sinorus_corpus.cleaning.network import ENTRY_STEP, UNIT, WEIGHT_STEP, Network
from training.data import Pages

WIDTH, CHANNELS, DEPTH = 64, 32, 6
EPOCHS, LINES = 12, 1024
RATE, DECAY, WARM_STEPS, DROPPED, NOISE = 4e-3, 1e-4, 50, 0.3, 0.1
# Scaled features are a tenth of a deviation: see `scoring.scale`.
_INPUTS = 10.0

Weights = dict[str, Any]


class _State(NamedTuple):
    """Weights and the running means of their derivatives and of the squares (Kingma and Ba 2015, Adam)."""

    weights: Weights
    mean: Weights
    square: Weights
    step: Any


class _Batch(NamedTuple):
    inputs: Any
    page: Any
    keep: Any
    weight: Any


def fit_network(inputs: Features, pages: Pages, part: npt.NDArray[np.bool_], seed: int) -> Network:
    """A network for a part of the lines, whole pages; its inputs as `Network.score` takes them."""
    columns = np.ascontiguousarray(inputs.T) * np.float32(_INPUTS)
    keep, weight = pages.keep.astype(np.float32), pages.weight.astype(np.float32)
    lines = np.flatnonzero(part)
    whole = np.split(lines, np.flatnonzero(np.diff(pages.lines.page[lines])) + 1)
    steps = EPOCHS * (len(lines) // LINES)
    update = jax.jit(lambda state, batch, key: _update(state, batch, key, steps))
    rng, key = np.random.default_rng(seed), jax.random.PRNGKey(seed)
    weights = _first_weights(rng, len(inputs))
    zeros = {name: jnp.zeros_like(array) for name, array in weights.items()}
    state = _State(weights, zeros, zeros, 0.0)
    for _ in range(EPOCHS):
        order = np.concatenate([whole[i] for i in rng.permutation(len(whole))])
        for start in range(0, len(order) - LINES + 1, LINES):
            some = order[start : start + LINES]
            key, own = jax.random.split(key)
            state = update(state, _Batch(columns[some], pages.lines.page[some], keep[some], weight[some]), own)
    return to_network({name: np.asarray(array) for name, array in state.weights.items()})


def _first_weights(rng: np.random.Generator, inputs: int) -> Weights:
    """Random weights of such a size that values stay around 1 (He et al. 2015), smaller in the layers and at the end."""

    def normal(size: float, *shape: int) -> npt.NDArray[np.float32]:
        return (rng.standard_normal(shape) * size).astype(np.float32)

    return {
        "entry": normal((2 / inputs) ** 0.5, inputs, WIDTH),
        "entry_bias": np.zeros(WIDTH, dtype=np.float32),
        "narrow": normal((2 / WIDTH) ** 0.5, WIDTH, CHANNELS),
        "narrow_bias": np.zeros(CHANNELS, dtype=np.float32),
        "layers": normal(0.5 * (2 / 3 / CHANNELS) ** 0.5, DEPTH, 3 * CHANNELS, CHANNELS),
        "biases": np.zeros((DEPTH, CHANNELS), dtype=np.float32),
        "exit": normal(0.3 * CHANNELS**-0.5, CHANNELS),
        "exit_bias": np.zeros(1, dtype=np.float32),
    }


def _logits(weights: Weights, inputs: Any, page: Any, key: Any) -> Any:
    """As `Network.score`, one row a line, with noise and some values left out (Srivastava et al. 2014, dropout)."""
    number = jnp.arange(len(page))
    key, own = jax.random.split(key)
    noisy = inputs + NOISE * jax.random.normal(own, inputs.shape)
    wide = jax.nn.relu(noisy @ weights["entry"] + weights["entry_bias"])
    hidden = jax.nn.relu(wide @ weights["narrow"] + weights["narrow_bias"])
    for depth in range(DEPTH):
        kernel, bias = weights["layers"][depth], weights["biases"][depth]
        far = 2**depth
        before, after = (_shifted(hidden, page, number, shift) for shift in (far, -far))
        made = jnp.concatenate([before, hidden, after], axis=1) @ kernel + bias
        key, own = jax.random.split(key)
        kept = jax.random.bernoulli(own, 1 - DROPPED, made.shape) / (1 - DROPPED)
        hidden += jax.nn.relu(made) * kept
    return hidden @ weights["exit"] + weights["exit_bias"]


def _shifted(hidden: Any, page: Any, number: Any, shift: int) -> Any:
    """The values of the line that stands `shift` lines before, 0 beyond the page."""
    other = number - shift
    same = (other >= 0) & (other < len(page)) & (jnp.roll(page, shift) == page)
    return jnp.roll(hidden, shift, axis=0) * same[:, None]


def _loss(weights: Weights, batch: _Batch, key: Any) -> Any:
    """The weighted mean of the logistic loss."""
    logits = _logits(weights, batch.inputs, batch.page, key)
    losses = jax.nn.softplus(logits) - logits * batch.keep
    return (losses * batch.weight).sum() / batch.weight.sum()


def _update(state: _State, batch: _Batch, key: Any, steps: int) -> _State:
    """One step of Adam with decoupled decay of weights, at a rate that rises and then falls to nothing."""
    slope, step = jax.grad(_loss)(state.weights, batch, key), state.step + 1
    mean = {k: 0.9 * state.mean[k] + 0.1 * slope[k] for k in slope}
    square = {k: 0.99 * state.square[k] + 0.01 * slope[k] ** 2 for k in slope}
    rate = RATE * jnp.minimum(1, step / WARM_STEPS) * jnp.maximum(0, 1 - step / steps)

    def moved(name: str) -> Any:
        old, decay = state.weights[name], 0.0 if "bias" in name else DECAY
        move = mean[name] / (1 - 0.9**step) / (jnp.sqrt(square[name] / (1 - 0.99**step)) + 1e-6)
        return old - rate * (move + decay * old)

    return _State({name: moved(name) for name in slope}, mean, square, step)


def to_network(weights: dict[str, npt.NDArray[np.float32]]) -> Network:
    """The network with weights in steps, for values that are whole numbers."""

    def rounded(array: npt.NDArray[np.float32], step: float) -> Features:
        made: Features = (np.rint(array / np.float32(step)) * np.float32(step)).astype(np.float32)
        return made

    taps = weights["layers"].reshape(DEPTH, 3, CHANNELS, CHANNELS)
    layers = taps.transpose(0, 1, 3, 2).reshape(DEPTH, 3 * CHANNELS, CHANNELS)
    return Network(
        rounded(weights["entry"].T * _INPUTS / UNIT, ENTRY_STEP),
        rounded(weights["entry_bias"] / UNIT, 1.0),
        rounded(weights["narrow"].T, WEIGHT_STEP),
        rounded(weights["narrow_bias"] / UNIT, 1.0),
        rounded(layers, WEIGHT_STEP),
        rounded(weights["biases"] / UNIT, 1.0),
        rounded(weights["exit"], WEIGHT_STEP),
        weights["exit_bias"].astype(np.float64),
    )
