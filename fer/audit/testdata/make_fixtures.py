"""Makes cleanlab.json, the reference that the tests of fer/audit compare with.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_fixtures.py

Python 3.11 and the versions of requirements.txt. cleanlab rounds the confident joint by numpy's argsort, whose order of
equal values depends on whether the processor has AVX-512; it is switched off, so that every processor gives the same
file.
"""
import json
import os
from pathlib import Path

os.environ["NPY_DISABLE_CPU_FEATURES"] = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
import numpy as np  # noqa: E402
from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

CLASSES = 7


def predictions(seed, n, noise, sharpness, classes=CLASSES):
    """Noisy labels and the probabilities of a made-up net that knows the true ones well or badly."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 4.0)))
    labels = np.where(rng.random(n) < noise, rng.choice(classes, n), truth)
    logits = rng.normal(size=(n, CLASSES))
    logits[np.arange(n), truth] += sharpness
    probs = np.exp(logits * 1.5)
    return labels, np.round(probs / probs.sum(1, keepdims=True), 6)


def case(name, *args, **kwargs):
    labels, probs = predictions(*args, **kwargs)
    probs[np.arange(len(labels)), probs.argmax(1)] += 1 - probs.sum(1)  # sums stay 1 after rounding
    return dict(
        name=name, labels=labels.tolist(), probs=probs.tolist(),
        joint=compute_confident_joint(labels, probs).tolist(),
        issues=find_label_issues(labels, probs, filter_by="prune_by_noise_rate",
                                 return_indices_ranked_by="self_confidence", n_jobs=1).tolist(),
        scores=get_label_quality_scores(labels, probs, method="self_confidence").tolist(),
        margins=get_label_quality_scores(labels, probs, method="normalized_margin").tolist(),
    )


cases = [
    case("good net", 1, 400, 0.1, 3.0),
    case("weak net", 2, 300, 0.2, 1.0),
    case("net at chance", 3, 150, 0.3, 0.0),
    case("two emotions absent", 4, 200, 0.1, 2.0, classes=5),
    case("few images", 5, 30, 0.2, 1.5),
]
Path(__file__).with_name("cleanlab.json").write_text(json.dumps(cases) + "\n")
