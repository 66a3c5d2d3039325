"""Makes keras.json, the reference that keras_test.go compares the report's two nets with.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_keras.py

Python 3.11 and the versions of requirements.txt. Weights, images and labels come from a hash of a tensor's name and an
element's index, which the test evaluates too: only results are written, those of weights as digests (see digest).

Keras computes in float64: in float32 the input of a ReLU, of which there are millions, may fall on the other side of 0
by rounding, and then a unit's weights lack, or have, an example's share.

AdamW takes its first step only. GoMLX adds epsilon to the root of the debiased second moment, Keras to that of the raw
one: Keras gets epsilon * sqrt(1 - beta_2) where GoMLX has epsilon. It is large, that a gradient of nothing but rounding
errors doesn't move a weight by the whole learning rate.
"""
import json
import math
import os
from pathlib import Path

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

BATCH, CLASSES, SIZE = 8, 7, 48
LEARNING_RATE, STEPS = 0.01, 3
ADAM_LEARNING_RATE, WEIGHT_DECAY, BETA_2, EPSILON = 1.5e-3, 1e-2, 0.999, 1e-3


def hashes(name, n):
    """n 64-bit hashes: SplitMix64, seeded with the FNV-1a hash of a name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def weight(name, shape):
    """The value, a float32, of the weight tensor "conv1/kernel": a kernel in Glorot's range, gamma of both signs."""
    h = hashes(name, math.prod(shape))
    u = (h >> np.uint64(40)).astype(np.float64) / 2**24  # uniform in [0, 1)
    match name.split("/")[1]:
        case "kernel":
            w = (2 * u - 1) * math.sqrt(6 / (math.prod(shape[:-1]) + math.prod(shape[:-2]) * shape[-1]))
        case "gamma":
            w = np.where(h % np.uint64(4) == 0, -1.0, 1.0) * (0.5 + u)
        case "moving_variance":
            w = 0.5 + u
        case "bias" | "beta" | "moving_mean":
            w = 0.4 * u - 0.2
    return w.astype(np.float32).reshape(shape)


def digest(name, tensor):
    """Norm, sum, first values and sketch of a tensor: its products with 8 vectors of signs, which differ between two
    tensors by about the norm of their difference."""
    x = np.asarray(tensor, np.float64).ravel()
    h = hashes("signs of " + name, x.size)
    sketch = [np.dot(x, 1.0 - 2.0 * ((h >> np.uint64(k)) & np.uint64(1)).astype(np.float64)) for k in range(8)]
    return {"norm": numbers(np.linalg.norm(x)), "sum": numbers(x.sum()), "first": numbers(x[:8]),
            "sketch": numbers(sketch)}


def numbers(x):
    """The same numbers to the 9 digits that tell one float32 from the next."""
    return [numbers(v) for v in x] if np.ndim(x) else float(f"{float(x):.9g}")


def cnn():
    net = []
    for filters in (64, 128, 250, 500):
        net += [layers.Conv2D(filters, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2)]
    return net + [layers.Flatten()] + head()


def dnn():
    net = [layers.Flatten()]
    for units in (128, 256, 512, 1248):
        net += [layers.Dense(units), layers.BatchNormalization(), layers.ReLU()]
    return net + head()


def head():
    return [layer for units in (512, 256, 64) for layer in (layers.Dense(units), layers.ReLU())] + [
        layers.Dense(CLASSES)]


class Net:
    """A net with the hashed weights; names its variables as Ferlab does."""

    def __init__(self, make):
        self.model = keras.Sequential([layers.Input((SIZE, SIZE, 1)), *make()])
        self.variables, count = {}, {}
        for layer in self.model.layers:
            prefix = {"Conv2D": "conv", "BatchNormalization": "bn", "Dense": "dense"}.get(type(layer).__name__)
            if prefix:
                count[prefix] = count.get(prefix, 0) + 1
                for v in layer.weights:
                    self.variables[f"{prefix}{count[prefix]}/{v.name}"] = v
        for name, v in self.variables.items():
            v.assign(weight(name, tuple(v.shape)))
        self.trainable = {name: v for name, v in self.variables.items() if v.trainable}

    def gradients(self, images, labels, smoothing=0.0):
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
        with tf.GradientTape() as tape:
            logits = self.model(images, training=True)
            value = loss(keras.ops.one_hot(labels, CLASSES), logits)
        return value, logits, tape.gradient(value, [v.value for v in self.trainable.values()])

    def changes(self, optimizer, steps, images, labels):
        """Trains and returns the digests of what every variable has changed by."""
        for _ in range(steps):
            optimizer.apply(self.gradients(images, labels)[2], list(self.trainable.values()))
        return {name: digest(name, v.numpy() - weight(name, tuple(v.shape))) for name, v in self.variables.items()}


def reference(make, pixels, labels):
    images = pixels.astype(np.float64) / 255
    net = Net(make)
    shapes = {name: list(v.shape) for name, v in net.variables.items()}
    logits = net.model(images, training=False).numpy()
    loss, training_logits, gradients = net.gradients(images, labels)
    smoothed = Net(make).gradients(images, labels, 0.1)[0]
    sgd, adamw = Net(make), Net(make)
    changes = sgd.changes(keras.optimizers.SGD(LEARNING_RATE), STEPS, images, labels)
    optimizer = keras.optimizers.AdamW(ADAM_LEARNING_RATE, weight_decay=WEIGHT_DECAY, beta_2=BETA_2,
                                       epsilon=EPSILON * math.sqrt(1 - BETA_2))
    return {
        "shapes": shapes,
        "logits": numbers(logits),
        "training_logits": numbers(training_logits),
        "loss": numbers(loss),
        "smoothed_loss": numbers(smoothed),
        "gradients": {name: digest(name, g) for name, g in zip(net.trainable, gradients)},
        "sgd": changes,
        "sgd_logits": numbers(sgd.model(images, training=False)),
        "adamw": adamw.changes(optimizer, 1, images, labels),
    }


def main():
    pixels = (hashes("images", BATCH * SIZE * SIZE) >> np.uint64(56)).reshape(BATCH, SIZE, SIZE, 1)
    darkness = np.arange(BATCH, dtype=np.uint64).reshape(-1, 1, 1, 1) % np.uint64(4)
    pixels >>= darkness
    labels = (hashes("labels", BATCH) % np.uint64(CLASSES)).astype(np.int32)
    result = {"made_with": {"keras": keras.__version__, "tensorflow": tf.__version__}}
    for make in (cnn, dnn):
        result[make.__name__] = reference(make, pixels, labels)
    # One tensor or row a line.
    text = json.dumps(result, indent=1)
    lines, depth = [], 0
    for line in text.split("\n"):
        if depth >= 4:
            lines[-1] += line.strip() + (" " if line.endswith(",") else "")
        else:
            lines.append(line)
        depth += line.count("{") + line.count("[") - line.count("}") - line.count("]")
    Path(__file__).with_name("keras.json").write_text("".join(line.rstrip() + "\n" for line in lines))


if __name__ == "__main__":
    main()
