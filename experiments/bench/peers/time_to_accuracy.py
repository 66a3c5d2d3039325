"""Trains the report's CNN in Keras on TensorFlow with the recipe of Ferlab's shipped one, and logs how long it takes.

    .ferlab/peers/bin/python experiments/bench/peers/time_to_accuracy.py -data fer2013.zip -out keras.csv
    # Ferlab's: history.csv, times.csv
    go run ./experiments/train -preset full -model cnn -set cnn.dropout=0.1 -set epochs=16 -source fer2013.zip

After every epoch it writes a row of CSV: epoch, wall-clock seconds since the start of training, training loss, accuracy
on PublicTest; at the end it prints the minutes to the wanted accuracy. The data are Kaggle's zip: train/<class>/*,
test/<class>/*.
"""
import argparse
import math
import os
import time
import zipfile

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="2")

import keras
import numpy as np
import tensorflow as tf

import contender
from contender import CLASSES, SIZE

BATCH, LEARNING_RATE, WARMUP, WEIGHT_DECAY, SMOOTHING = 128, 1.5e-3, 300, 1e-2, 0.1
SHIFT, BRIGHTNESS, CONTRAST = 5, 0.2, 0.3
EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise, then half a cosine down to 0 at the last step."""

    def __init__(self, steps):
        self.steps = steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        cosine = (1 + tf.cos(math.pi * (step - WARMUP) / max(self.steps - WARMUP, 1))) / 2
        return LEARNING_RATE * tf.where(step < WARMUP, (step + 1) / WARMUP, cosine)

    def get_config(self):
        return {"steps": self.steps}


def read(path):
    """Training and PublicTest images, uint8 [n, 48, 48, 1], with their labels."""
    parts = {"train": ([], []), "public": ([], [])}
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            folders = name.split("/")
            if len(folders) < 3 or folders[-2] not in EMOTIONS:
                continue
            if folders[-3] == "train":
                part = "train"
            elif folders[-1].startswith("PublicTest"):
                part = "public"
            else:
                continue
            images, labels = parts[part]
            images.append(tf.io.decode_image(archive.read(name), channels=1).numpy())
            labels.append(EMOTIONS.index(folders[-2]))
    return {part: (np.stack(images), np.array(labels, np.int32)) for part, (images, labels) in parts.items()}


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
    one_hot = np.eye(CLASSES, dtype=np.float32)[labels]
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for start in range(0, len(labels) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            yield augment(images[chosen], rng), one_hot[chosen]


class Log(keras.callbacks.Callback):
    """Writes the rows; stops the training at the wanted accuracy if told to."""

    def __init__(self, public, out, wanted, stop):
        super().__init__()
        self.public, self.out, self.wanted, self.stop, self.reached = public, out, wanted, stop, None

    def on_train_begin(self, logs=None):
        self.begun = time.perf_counter()
        print("epoch,seconds,loss,accuracy", file=self.out, flush=True)

    def on_epoch_end(self, epoch, logs=None):
        images, labels = self.public
        accuracy = np.mean(self.model.predict(images, batch_size=256, verbose=0).argmax(1) == labels)
        seconds = time.perf_counter() - self.begun
        row = f"{epoch + 1},{seconds:.1f},{logs['loss']:.4f},{accuracy:.4f}"
        print(row, file=self.out, flush=True)
        print(row, flush=True)
        if self.reached is None and accuracy >= self.wanted:
            self.reached = seconds
            self.model.stop_training = self.stop


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-data", required=True, help="Kaggle's zip of FER2013")
    parser.add_argument("-out", default="keras.csv", help="the log")
    parser.add_argument("-epochs", type=int, default=16, help="length of the schedule")
    parser.add_argument("-dropout", type=float, default=0.1)
    parser.add_argument("-threads", type=int, default=os.cpu_count())
    parser.add_argument("-seed", type=int, default=1)
    parser.add_argument("-accuracy", type=float, default=0.60, help="the wanted accuracy")
    parser.add_argument("-stop", action="store_true", help="stop when it is reached")
    args = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(args.threads)
    keras.utils.set_random_seed(args.seed)
    data = read(args.data)
    images, labels = data["train"]
    steps = len(labels) // BATCH
    stream = tf.data.Dataset.from_generator(
        lambda: batches(images, labels, args.epochs, args.seed),
        output_signature=(tf.TensorSpec((BATCH, SIZE, SIZE, 1), tf.uint8), tf.TensorSpec((BATCH, CLASSES), tf.float32)),
    ).prefetch(4)
    contender.DROPOUT = args.dropout
    net = contender.keras_net("cnn")
    net.compile(keras.optimizers.AdamW(WarmupCosine(args.epochs * steps), weight_decay=WEIGHT_DECAY),
                keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING))
    with open(args.out, "w") as out:
        log = Log(data["public"], out, args.accuracy, args.stop)
        net.fit(stream, epochs=args.epochs, steps_per_epoch=steps, callbacks=[log], verbose=0)
    if log.reached is None:
        print(f"accuracy {args.accuracy} was not reached in {args.epochs} epochs")
    else:
        print(f"accuracy {args.accuracy} after {log.reached / 60:.1f} minutes")


if __name__ == "__main__":
    main()
