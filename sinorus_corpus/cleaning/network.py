"""A small network of dilated convolutions over the lines of a page, for a batch of lines at a time. No label is known here.

Each layer adds to what is known of a line what it makes of that line and of those 1, 2, 4, … before and after it: dilated
convolutions (van den Oord et al. 2016, WaveNet) with residual connections (He et al. 2016). All values are whole numbers
within bounds, weights are in steps, so that products and sums are exact in single precision: a sum is the same in any order,
in a batch of any size.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sinorus_corpus.cleaning.context import Features, Floats, Ints

# Weights are multiples of these steps, and values are whole numbers up to the most: sums stay below 2**24 steps, up to which
# single precision is exact, while the weights of a sum come to less than `HEAVIEST`.
ENTRY_STEP = 1.0
WEIGHT_STEP = 2.0**-8
MOST = 2048.0
# What one of these numbers stands for: training has values around 1.
UNIT = 2.0**-7
HEAVIEST = 2**24 * WEIGHT_STEP / MOST
# So many lines are worked on at once: their values stay in the processor's cache.
_BLOCK = 2048

_PARTS = ("entry", "entry-bias", "narrow", "narrow-bias", "layers", "biases", "exit", "exit-bias")


@dataclass(frozen=True)
class Network:
    """The weights.

    Attributes:
        entry, entry_bias: one row for each of what is first made of a line alone, one column an input; one bias a row.
        narrow, narrow_bias: one row a channel, one column for each of those; one bias a channel.
        layers, biases: for each layer the weights of the lines before, of the line and of the lines after: three times as
            many rows as channels, one column a channel; one bias a channel.
        exit, exit_bias: one weight a channel; one number.
    """

    entry: Features
    entry_bias: Features
    narrow: Features
    narrow_bias: Features
    layers: Features
    biases: Features
    exit: Features
    exit_bias: Floats

    def score(self, inputs: Features, page: Ints) -> Floats:
        """A logit for each line.

        Args:
            inputs: one row an input, one column a line; in steps as `scoring.scale` makes them.
            page: the text of each line; lines of other texts are not seen.
        """
        size = inputs.shape[1]
        # Beyond what all layers reach together nothing changes a line's score.
        reach = 2 ** len(self.layers) - 1
        made = np.empty(size)
        for start in range(0, size, _BLOCK):
            end = min(start + _BLOCK, size)
            first, last = max(0, start - reach), min(size, end + reach)
            found = self._block(inputs[:, first:last], page[first:last])
            made[start:end] = found[start - first : end - first]
        logits: Floats = made * UNIT + self.exit_bias[0]
        return logits

    def _block(self, inputs: Features, page: Ints) -> Features:
        """The logits of these lines in units, less the last bias."""
        hidden = _whole(self.narrow @ _whole(self.entry @ inputs, self.entry_bias), self.narrow_bias)
        for depth, (weights, bias) in enumerate(zip(self.layers, self.biases, strict=True)):
            far = 2**depth
            before, made, after = np.split(weights @ hidden, 3)
            if far < len(page):
                same = (page[far:] == page[:-far]).astype(np.float32)
                made[:, far:] += before[:, :-far] * same
                made[:, :-far] += after[:, far:] * same
            hidden += _whole(made, bias)
            np.minimum(hidden, MOST, out=hidden)
        logits: Features = self.exit @ hidden
        return logits


def _whole(values: Features, bias: Features) -> Features:
    """Values with their biases as whole numbers from 0 to the most; changes `values`."""
    values += bias[:, None]
    np.rint(values, out=values)
    return np.clip(values, 0, MOST, out=values)


def save_network(network: Network, folder: Path, name: str) -> None:
    """Writes a network as `.npy` arrays."""
    for part in _PARTS:
        np.save(folder / f"{name}-{part}.npy", getattr(network, part.replace("-", "_")))


def read_network(folder: Path, name: str) -> Network:
    """Reads a network; nothing in the files can run."""
    return Network(*(np.load(folder / f"{name}-{part}.npy", allow_pickle=False) for part in _PARTS))
