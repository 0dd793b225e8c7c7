"""Search with Optuna for accuracy, params and MACs at once, and read the best trials."""

from __future__ import annotations

import math
import sys

import optuna

from netscore import netscore, pareto_front, top


def objective(trial: optuna.Trial) -> tuple[float, float, float]:
    """Return the accuracy, params and MACs of a network; a formula stands for its training."""
    width = trial.suggest_int("width", 8, 128, step=8)
    depth = trial.suggest_int("depth", 2, 20)
    params = 9.0 * width * width * depth + 1000 * width
    macs = params * 32 * 32
    accuracy = 95 * (1 - math.exp(-0.03 * width)) * (1 - math.exp(-0.3 * depth))
    return accuracy, params, macs


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        directions=["maximize", "minimize", "minimize"],
        sampler=optuna.samplers.NSGAIISampler(population_size=20, seed=1),
    )
    study.optimize(objective, n_trials=int(sys.argv[1]) if len(sys.argv) > 1 else 100)

    accuracy, params, macs = zip(*(trial.values for trial in study.trials))
    front = pareto_front(accuracy, params, macs)
    best_trials = {trial.number for trial in study.best_trials}
    print(f"{front.sum()} of {len(front)} trials are on the front")
    same = best_trials == {trial.number for trial in study.trials if front[trial.number]}
    print(f"Optuna finds the same: {same}")
    for number in top(accuracy, params, macs, 3):
        trial = study.trials[number]
        print(f"trial {number}: {trial.params}, NetScore {netscore(*trial.values):.2f}")


if __name__ == "__main__":
    main()
