"""Makes scikit-learn.json, the reference that the tests of fer/evaluate compare with.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_fixtures.py

Python 3.11 and the versions of requirements.txt; another version may change the last digits.
"""
import json
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats
from sklearn import calibration, metrics, preprocessing

CLASSES = 7
LABELS = list(range(CLASSES))


def predictions(seed, n, digits=None, classes=CLASSES):
    """Labels and probabilities of a made-up, overconfident net; with digits, probabilities tie."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 5.0)))
    logits = rng.normal(size=(n, CLASSES)) * 2
    logits[np.arange(n), labels] += 2
    probs = special.softmax(logits, axis=1)
    if digits is not None:
        probs = probs.round(digits)
        probs[np.arange(n), probs.argmax(1)] += 1 - probs.sum(1)
    return labels, probs


def nll(labels, log_probs, t):
    return -special.log_softmax(log_probs / t, axis=1)[np.arange(len(labels)), labels].mean()


def ece(labels, probs, bins=15):
    confidence, correct = probs.max(1), (probs.argmax(1) == labels).astype(float)
    accuracy, mean_confidence = calibration.calibration_curve(correct, confidence, n_bins=bins)
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=bins)
    return np.sum(counts[counts > 0] * np.abs(accuracy - mean_confidence)) / len(labels)


def case(name, seed, n, **kwargs):
    labels, probs = predictions(seed, n, **kwargs)
    predicted = probs.argmax(1)
    present = np.bincount(labels, minlength=CLASSES) > 0
    one_hot = preprocessing.label_binarize(labels, classes=LABELS)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=LABELS, zero_division=0)
    auc = [metrics.roc_auc_score(one_hot[:, k], probs[:, k]) if present[k] else None for k in LABELS]
    ap = [metrics.average_precision_score(one_hot[:, k], probs[:, k]) if present[k] else None for k in LABELS]
    fit = optimize.minimize_scalar(lambda t: nll(labels, np.log(np.maximum(probs, 2.0**-149)), t),
                                   bounds=(0.05, 100), method="bounded", options={"xatol": 1e-10})
    with np.errstate(all="ignore"):
        result = dict(
            name=name, labels=labels.tolist(), probs=probs.tolist(),
            confusion=metrics.confusion_matrix(labels, predicted, labels=LABELS).tolist(),
            accuracy=metrics.accuracy_score(labels, predicted),
            balanced_accuracy=metrics.balanced_accuracy_score(labels, predicted),
            macro_f1=metrics.f1_score(labels, predicted, average="macro"),
            kappa=metrics.cohen_kappa_score(labels, predicted),
            # ties are broken otherwise by scikit-learn
            top2=None if "digits" in kwargs else metrics.top_k_accuracy_score(labels, probs, k=2, labels=LABELS),
            nll=metrics.log_loss(labels, probs, labels=LABELS),
            brier=metrics.brier_score_loss(labels, probs, labels=LABELS),
            ece=ece(labels, probs),
            precision=precision.tolist(), recall=recall.tolist(), f1=f1.tolist(), support=support.tolist(),
            auc=auc, ap=ap, temperature=fit.x, temperature_nll=fit.fun)
    if present.all():
        result["macro_auc"] = metrics.roc_auc_score(labels, probs, multi_class="ovr", labels=LABELS)
    return result


def mcnemar(a, b):
    return dict(a=a, b=b, p=stats.binomtest(a, a + b).pvalue if a + b else 1.0)


def wilson(k, n):
    interval = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    return dict(k=k, n=n, low=interval.low, high=interval.high)


def accuracy_interval(seed, n):
    """SciPy's own percentile bootstrap of an accuracy: other random numbers, so it agrees only closely."""
    labels, probs = predictions(seed, n)
    correct = (probs.argmax(1) == labels).astype(float)
    result = stats.bootstrap((correct,), np.mean, n_resamples=20000, method="percentile", rng=np.random.default_rng(0))
    return [result.confidence_interval.low, result.confidence_interval.high]


fixtures = dict(
    cases=[case("plain", 1, 300), case("ties", 2, 200, digits=2),
           case("surprise and neutral absent", 3, 120, classes=5)],
    mcnemar=[mcnemar(*ab) for ab in [(0, 0), (5, 5), (1, 0), (0, 7), (10, 3), (40, 61), (310, 205), (1200, 228)]],
    wilson=[wilson(*kn) for kn in [(84, 496), (1, 55), (55, 55), (300, 1000)]],
    accuracy_interval=accuracy_interval(1, 300),
)
Path(__file__).with_name("scikit-learn.json").write_text(json.dumps(fixtures) + "\n")
