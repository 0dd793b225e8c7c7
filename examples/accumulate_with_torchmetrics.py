"""Accumulate correct and total over batches and devices, and score once at the end."""

from __future__ import annotations

from typing import Any

import torch
from torchmetrics import Metric

from netscore import netscore


class NetScore(Metric):  # type: ignore[misc]  # Any where torchmetrics is not installed
    """NetScore of a classifier over a whole data set.

    The score is not linear in the accuracy, so that neither the sum nor the mean of the scores
    of batches is the score. What adds up, over batches as over processes, are two counts.
    """

    full_state_update = False
    higher_is_better = True

    def __init__(self, params: float, macs: float, **options: Any) -> None:
        super().__init__(**options)
        self.params = params
        self.macs = macs
        self.correct: torch.Tensor
        self.total: torch.Tensor
        self.add_state("correct", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("total", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Count one batch."""
        self.correct += (logits.argmax(dim=1) == labels).sum()
        self.total += labels.numel()

    def compute(self) -> torch.Tensor:
        """Return the score of all batches."""
        accuracy = 100 * self.correct.item() / self.total.item()
        return torch.tensor(netscore(accuracy, self.params, self.macs), dtype=torch.float64)


def main() -> None:
    generator = torch.Generator().manual_seed(0)
    metric = NetScore(params=3.4e6, macs=300e6)
    of_batches = []
    for size, right in ((64, 0.9), (64, 0.7), (8, 0.25)):  # the last batch is small
        labels = torch.randint(10, (size,), generator=generator)
        wrong = torch.arange(size) >= int(right * size)
        logits = torch.nn.functional.one_hot((labels + wrong) % 10, 10).float()
        of_batches.append(metric(logits, labels).item())
    print(f"score of all images      {metric.compute().item():.2f}")
    print(f"mean of the batch scores {sum(of_batches) / len(of_batches):.2f}")


if __name__ == "__main__":
    main()
