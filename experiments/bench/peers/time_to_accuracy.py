"""Trains the report's CNN in a peer with Ferlab's recipe "fast", and logs how long it takes.

    go run ./experiments/bench -arrays fer2013.zip -out build/arrays
    .ferlab/peers/bin/python experiments/bench/peers/time_to_accuracy.py -data build/arrays -out keras.csv
    python3 experiments/bench/peers/time_to_accuracy.py -framework torch -settings cl-bf16 -device gpu -data arrays
    # Ferlab's: history.csv, times.csv
    go run ./experiments/train -recipe fast -source fer2013.zip

After every epoch it writes a row of CSV: epoch, wall-clock seconds since the start of training, training loss, accuracy
on PublicTest; at the end it prints the seconds to the wanted accuracies. Frameworks and settings are contender.py's.
"""
import argparse
import math
import os
import queue
import threading
import time
from pathlib import Path

import numpy as np

import contender
from contender import CLASSES, SIZE

BATCH, LEARNING_RATE, WARMUP, WEIGHT_DECAY, SMOOTHING = 128, 1.5e-3, 300, 1e-2, 0.1
SHIFT, BRIGHTNESS, CONTRAST = 5, 0.2, 0.3


def augment(images, rng):
    """Every image shifted, mirrored, and changed in brightness and contrast at random; edges are repeated."""
    n = len(images)
    dx, dy = np.rint(rng.uniform(-SHIFT, SHIFT, (2, n, 1))).astype(int)
    columns = np.clip(np.arange(SIZE) - dx, 0, SIZE - 1)
    columns = np.where(rng.random((n, 1)) < 0.5, SIZE - 1 - columns, columns)
    rows = np.clip(np.arange(SIZE) - dy, 0, SIZE - 1)
    moved = images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]].astype(np.float32)
    mean = moved.mean((1, 2), keepdims=True)
    brightness = 255 * rng.uniform(-BRIGHTNESS, BRIGHTNESS, (n, 1, 1, 1))
    contrast = 1 + rng.uniform(-CONTRAST, CONTRAST, (n, 1, 1, 1))
    return np.clip((moved - mean) * contrast + mean + brightness + 0.5, 0, 255).astype(np.uint8)


def batches(images, labels, epochs, seed):
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for start in range(0, len(labels) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            yield augment(images[chosen], rng), labels[chosen]


def ahead(batches):
    """The same batches, made by a thread of its own."""
    made = queue.Queue(8)

    def make():
        for batch in batches:
            made.put(batch)

    threading.Thread(target=make, daemon=True).start()
    while True:
        yield made.get()


def rate(step, steps):
    """A linear rise, then half a cosine down to 0 at the last step."""
    if step < WARMUP:
        return LEARNING_RATE * (step + 1) / WARMUP
    return LEARNING_RATE * (1 + math.cos(math.pi * (step - WARMUP) / max(steps - WARMUP, 1))) / 2


def keras_trainer(args, steps):
    """A function that trains on a batch and returns its loss, on the device, and one that returns images' logits."""
    keras, _ = contender.load_keras(args, args.seed)
    ops = keras.ops

    class Schedule(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            step = ops.cast(step, "float32")
            cosine = (1 + ops.cos(math.pi * (step - WARMUP) / max(steps - WARMUP, 1))) / 2
            return LEARNING_RATE * ops.where(step < WARMUP, (step + 1) / WARMUP, cosine)

        def get_config(self):
            return {}

    def loss(labels, logits):
        return ops.mean(keras.losses.categorical_crossentropy(ops.one_hot(labels, CLASSES), logits, from_logits=True,
                                                              label_smoothing=SMOOTHING))

    net = contender.keras_net("cnn")
    optimizer = keras.optimizers.AdamW(Schedule(), weight_decay=WEIGHT_DECAY)
    if args.framework == "jax":
        jax_net = contender.Jax(net, loss, optimizer)
        return lambda images, labels, _: jax_net.train(images, labels), lambda x: np.asarray(jax_net.infer(x))
    import tensorflow as tf

    optimizer.build(net.trainable_variables)

    @tf.function(jit_compile="jit" in args.settings or None)
    def train(images, labels):
        with tf.GradientTape() as tape:
            value = loss(labels, net(images, training=True))
        optimizer.apply(tape.gradient(value, net.trainable_variables), net.trainable_variables)
        return value

    infer = tf.function(lambda x: net(x, training=False))
    return lambda images, labels, _: train(tf.constant(images), tf.constant(labels)), lambda x: infer(
        tf.constant(x)).numpy()


def torch_trainer(args, _):
    """As keras_trainer; the learning rate is given to each step."""
    t = contender.Torch(args.settings, args.device, args.threads)
    t.torch.manual_seed(args.seed)
    net = t.net("cnn")
    optimizer = t.torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)
    step = t.trainer(net, optimizer, t.torch.nn.CrossEntropyLoss(label_smoothing=SMOOTHING))

    def train(images, labels, rate):
        net.train()
        for group in optimizer.param_groups:
            group["lr"] = rate
        return step(images, labels).clone()  # CUDA's graphs write the next step's result over this one.

    return train, lambda x: t.inferer(net)(x).cpu().numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-data", required=True, help="folder of arrays, as bench -arrays writes them")
    parser.add_argument("-framework", choices=("keras", "jax", "torch"), default="keras")
    parser.add_argument("-settings", type=lambda text: set(filter(None, text.split("-"))), default=set())
    parser.add_argument("-device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("-out", default="time.csv", help="the log")
    parser.add_argument("-epochs", type=int, default=24, help="length of the schedule")
    parser.add_argument("-dropout", type=float, default=0.0)
    parser.add_argument("-threads", type=int, default=os.cpu_count())
    parser.add_argument("-seed", type=int, default=1)
    parser.add_argument("-accuracy", default="0.60,0.65,0.70", help="the wanted accuracies")
    args = parser.parse_args()
    if args.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    contender.DROPOUT = args.dropout
    images, labels = contender.read(Path(args.data, "train"))
    public, truth = contender.read(Path(args.data, "public"))
    perEpoch = len(labels) // BATCH
    train, infer = (torch_trainer if args.framework == "torch" else keras_trainer)(args, args.epochs * perEpoch)
    wanted = sorted(map(float, args.accuracy.split(",")))
    feed = ahead(batches(images, labels, args.epochs, args.seed))
    begun, evaluate = time.perf_counter(), 256 if args.device == "cpu" else 1024
    with open(args.out, "w") as out:
        print("epoch,seconds,loss,accuracy", file=out, flush=True)
        for epoch in range(args.epochs):
            losses = [train(*next(feed), rate(epoch * perEpoch + i, args.epochs * perEpoch)) for i in range(perEpoch)]
            loss = np.mean([float(value) for value in losses])
            answers = [infer(public[i : i + evaluate]).argmax(1) for i in range(0, len(truth), evaluate)]
            accuracy = np.mean(np.concatenate(answers) == truth)
            seconds = time.perf_counter() - begun
            row = f"{epoch + 1},{seconds:.1f},{loss:.4f},{accuracy:.4f}"
            for f in (out, None):
                print(row, file=f, flush=True)
            while wanted and accuracy >= wanted[0]:
                print(f"accuracy {wanted.pop(0)} after {seconds:.1f} s")
    for missing in wanted:
        print(f"accuracy {missing} was not reached in {args.epochs} epochs")


if __name__ == "__main__":
    main()
