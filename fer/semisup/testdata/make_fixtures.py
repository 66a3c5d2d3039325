"""Writes losses.json: the losses and targets of the algorithms, in plain numpy after their papers.

    pip install -r requirements.txt && python make_fixtures.py

Each case holds its inputs and what the algorithm makes of them: losses, targets, mask, thresholds, and the gradients of
the total loss with respect to the logits by central differences, with everything the algorithm stops gradients at held
constant.
"""
import json
import pathlib

import numpy as np

rng = np.random.default_rng(20261125)
B, U, C = 5, 8, 7
TAU, EMA, FAIRNESS, TEMPERATURE, WEIGHT = 0.6, 0.9, 0.05, 0.5, 2.0


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def one_hot(labels):
    return np.eye(C)[labels]


def cross_entropy(logits, target):
    return -(target * log_softmax(logits)).sum(axis=1)


def sum_norm(v):
    return v / v.sum()


def safe_inverse(v):
    return np.array([1 / x if x > 0 else 0.0 for x in v])


def supervised(inputs, fixed):
    return {}


def pseudolabel(inputs, fixed):
    q = inputs["target"]
    target, mask = one_hot(q.argmax(axis=1)), (q.max(axis=1) >= TAU).astype(float)
    return {"unsupervised": np.mean(mask * cross_entropy(inputs["second"], target)), "targets": target, "mask": mask}


def pimodel(inputs, fixed):
    p, q = softmax(inputs["first"]), softmax(inputs["second"])
    return {"unsupervised": np.mean((p - q) ** 2), "targets": p}


def meanteacher(inputs, fixed):
    return {"unsupervised": np.mean((softmax(inputs["second"]) - inputs["target"]) ** 2), "targets": inputs["target"]}


def mixmatch(inputs, fixed):
    p = softmax(np.concatenate([inputs["first"], inputs["second"]]))
    return {"unsupervised": np.mean((inputs["target"] - p) ** 2), "targets": inputs["target"]}


def fixmatch(inputs, fixed):
    q = softmax(fixed["first"])
    target, mask = one_hot(q.argmax(axis=1)), (q.max(axis=1) >= TAU).astype(float)
    return {"unsupervised": np.mean(mask * cross_entropy(inputs["second"], target)), "targets": target, "mask": mask}


def freematch(inputs, fixed):
    q = softmax(fixed["first"])
    state = inputs["state"]
    guess = q.argmax(axis=1)
    tau = EMA * state["threshold"] + (1 - EMA) * q.max(axis=1).mean()
    mean = EMA * state["mean"] + (1 - EMA) * q.mean(axis=0)
    share = EMA * state["share"] + (1 - EMA) * np.bincount(guess, minlength=C) / len(guess)
    thresholds = mean / mean.max() * tau
    mask = (q.max(axis=1) >= thresholds[guess]).astype(float)
    target = one_hot(guess)
    out = {"unsupervised": np.mean(mask * cross_entropy(inputs["second"], target)),
           "targets": target, "mask": mask, "thresholds": thresholds}
    fairness = 0.0
    if mask.sum() > 0:
        strong = softmax(inputs["second"])[mask > 0]
        hist = np.bincount(softmax(fixed["second"])[mask > 0].argmax(axis=1), minlength=C) / mask.sum()
        expected = sum_norm(mean * safe_inverse(share))
        batch = sum_norm(strong.mean(axis=0) * safe_inverse(hist))
        fairness = np.sum(expected * np.log(batch + 1e-12))
    out["extra"] = FAIRNESS * fairness
    return out


def total(algorithm, inputs, fixed):
    out = algorithm(inputs, fixed)
    out["supervised"] = np.mean(cross_entropy(inputs["labelled"], inputs["labels"]))
    out["total"] = out["supervised"] + WEIGHT * out.get("unsupervised", 0) + out.get("extra", 0)
    return out


def gradient(algorithm, inputs, name):
    base, result, h = inputs[name], np.zeros_like(inputs[name]), 1e-5
    for index in np.ndindex(base.shape):
        values = []
        for sign in (1, -1):
            moved = base.copy()
            moved[index] += sign * h
            values.append(total(algorithm, {**inputs, name: moved}, inputs)["total"])
        result[index] = (values[0] - values[1]) / (2 * h)
    return result


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return np.round(np.asarray(value, dtype=float), 9).tolist()


def logits(n, scale):
    return rng.normal(size=(n, C)).astype(np.float32).astype(float) * scale


def case(algorithm, scale=2.0, soft=False, target_rows=0, views=("first", "second"), state=None):
    labels = softmax(logits(B, 2)) if soft else one_hot(rng.integers(0, C, B))
    inputs = {"labelled": logits(B, scale), "labels": labels}
    for view in views:
        inputs[view] = logits(U, scale)
    if target_rows:
        inputs["target"] = softmax(logits(target_rows, 2.5))
    if state:
        inputs["state"] = state
    gradients = {name: gradient(algorithm, inputs, name) for name in ("labelled", *views)}
    return {"algorithm": algorithm.__name__, "inputs": plain(inputs),
            "want": plain(total(algorithm, inputs, inputs)), "gradients": plain(gradients)}


def state():
    return {"threshold": np.array([0.45]), "mean": sum_norm(rng.uniform(0.5, 1.5, C)),
            "share": sum_norm(rng.uniform(0.2, 1.8, C))}


def mix(x, partner, share):
    return share[:, None] * x + (1 - share[:, None]) * x[partner]


def main():
    x, partner, share = logits(6, 1), rng.permutation(6), rng.uniform(0.5, 1, 6)
    p = softmax(logits(6, 1))
    sharp = p ** (1 / TEMPERATURE)
    document = {
        "settings": {"threshold": TAU, "ema": EMA, "fairness": FAIRNESS, "temperature": TEMPERATURE, "weight": WEIGHT},
        "cases": [
            case(supervised, views=()),
            case(pseudolabel, target_rows=U, views=("second",)),
            case(pimodel),
            case(meanteacher, target_rows=U, views=("second",)),
            case(mixmatch, soft=True, target_rows=2 * U),
            case(fixmatch),
            case(fixmatch, scale=0.01),
            case(freematch, state=state()),
            case(freematch, scale=0.01, state=state()),
        ],
        "mix": plain({"x": x, "partner": partner, "share": share, "want": mix(x, partner, share)}),
        "sharpen": plain({"p": p, "want": sharp / sharp.sum(axis=1, keepdims=True)}),
    }
    pathlib.Path(__file__).with_name("losses.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
