"""Report scikit-learn classifiers by accuracy and NetScore, their weights counted openly."""

from __future__ import annotations

from typing import Any

from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_validate, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from netscore import netscore


def count(estimator: Any) -> tuple[int, int]:
    """Return the parameters and the multiply-accumulates of one prediction.

    One multiply-accumulate for each weight; a bias is a parameter, but its addition none. What
    scales the input is left out, as the networks of the literature leave it out.
    """
    if isinstance(estimator, Pipeline):
        return count(estimator[-1])
    layers = estimator.coefs_ if isinstance(estimator, MLPClassifier) else [estimator.coef_]
    biases = (
        estimator.intercepts_ if isinstance(estimator, MLPClassifier) else [estimator.intercept_]
    )
    weights = sum(layer.size for layer in layers)
    return weights + sum(bias.size for bias in biases), weights


def netscore_scorer(estimator: Any, images: Any, digits: Any) -> float:
    """Score a fitted classifier, as `scoring=` of scikit-learn wants it: more is better.

    `make_scorer` does not do here: what it wraps sees the predictions and not the estimator.
    """
    params, macs = count(estimator)
    accuracy = 100 * float(accuracy_score(digits, estimator.predict(images)))
    return netscore(accuracy, params, macs)


def main() -> None:
    images, digits = load_digits(return_X_y=True)
    train, test, train_digits, test_digits = train_test_split(
        images, digits, test_size=0.25, random_state=0, stratify=digits
    )
    classifiers = {
        "linear": LogisticRegression(max_iter=2000),
        "32 hidden": MLPClassifier((32,), max_iter=800, random_state=0),
        "128 hidden": MLPClassifier((128,), max_iter=800, random_state=0),
    }
    names, rows = [], []
    for name, classifier in classifiers.items():
        model = make_pipeline(StandardScaler(), classifier).fit(train, train_digits)
        names.append(name)
        rows.append((100 * accuracy_score(test_digits, model.predict(test)), *count(model)))
    accuracy, params, macs = zip(*rows)
    # All at once: the figures of the linear model alone would look like thousands of parameters.
    for name, row, score in zip(names, rows, netscore(accuracy, params, macs)):
        print(f"{name:10}  {row[0]:6.2f} %  {row[1]:5d} params  {row[2]:5d} MACs  {score:6.2f}")
    folds = cross_validate(
        make_pipeline(StandardScaler(), classifiers["32 hidden"]),
        images,
        digits,
        cv=3,
        scoring={"accuracy": "accuracy", "netscore": netscore_scorer},
    )
    print(f"32 hidden, three folds: {', '.join(f'{s:.2f}' for s in folds['test_netscore'])}")


if __name__ == "__main__":
    main()
