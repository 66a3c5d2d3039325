"""A peer of Ferlab in its benchmark: the report's nets in Keras on TensorFlow (keras) or JAX (jax), or in PyTorch
(torch).

It prints a line of JSON when it is ready, {"version": …, "compile": seconds of the first step}, and answers every line
with a number of seconds on standard input with the work done in them: {"examples": …, "seconds": …}. Each framework
takes its fast documented path: Keras's compiled training function over tf.data, a tf.function or jax.jit for inference.
"""
import argparse
import json
import os
import sys
import time
from pathlib import Path

FILTERS, BLOCKS, DENSE, CLASSES, SIZE, DROPOUT, LEARNING_RATE = (
    (64, 128, 250, 500), (128, 256, 512, 1248), (512, 256, 64), 7, 48, 0.25, 1e-3)


def keras_net(name):
    from keras import Sequential, layers

    net = [layers.Input((SIZE, SIZE, 1), dtype="uint8"), layers.Rescaling(1 / 255)]
    if name == "cnn":
        for filters in FILTERS:
            net += [layers.Conv2D(filters, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2),
                    layers.Dropout(DROPOUT)]
        net.append(layers.Flatten())
    else:
        net.append(layers.Flatten())
        for units in BLOCKS:
            net += [layers.Dense(units), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(DROPOUT)]
    for units in DENSE:
        net += [layers.Dense(units), layers.ReLU()]
        if name == "cnn" or units != DENSE[-1]:
            net.append(layers.Dropout(DROPOUT))
    return Sequential(net + [layers.Dense(CLASSES)])


def keras_step(args, batches):
    os.environ.update(KERAS_BACKEND={"keras": "tensorflow", "jax": "jax"}[args.framework],
                      TF_CPP_MIN_LOG_LEVEL="2", JAX_PLATFORMS="cpu")
    if args.framework == "keras":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
        tf.config.threading.set_inter_op_parallelism_threads(args.threads)
        version = f"TensorFlow {tf.__version__}"
    else:
        import jax

        version = f"JAX {jax.__version__}"
    import keras

    keras.utils.set_random_seed(1)
    net = keras_net(args.net)
    version = f"Keras {keras.__version__}, {version}"
    if args.task == "train":
        net.compile(keras.optimizers.Adam(LEARNING_RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        if args.framework == "jax":
            return version, lambda: net.train_on_batch(*next(batches))
        images, labels = zip(*(next(batches) for _ in range(1024 // args.batch)))
        data = tf.data.Dataset.from_tensor_slices((list(images), list(labels))).repeat().prefetch(2)
        net.make_train_function()
        train, iterator = net.train_function, iter(data)
        return version, lambda: float(train(iterator)["loss"])
    if args.framework == "jax":
        infer = jax.jit(lambda trained, other, x: net.stateless_call(trained, other, x, training=False)[0])
        trained, other = [v.value for v in net.trainable_variables], [v.value for v in net.non_trainable_variables]
        return version, lambda: infer(trained, other, next(batches)[0]).block_until_ready()
    infer = tf.function(lambda x: net(x, training=False))
    return version, lambda: infer(tf.constant(next(batches)[0])).numpy()


def torch_net(name):
    from torch import nn

    net = []
    if name == "cnn":
        for before, filters in zip((1, *FILTERS), FILTERS):
            net += [nn.Conv2d(before, filters, 3), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2),
                    nn.Dropout(DROPOUT)]
        net.append(nn.Flatten())
        before = FILTERS[-1]
    else:
        net.append(nn.Flatten())
        before = SIZE * SIZE
        for units in BLOCKS:
            net += [nn.Linear(before, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(DROPOUT)]
            before = units
    for units in DENSE:
        net += [nn.Linear(before, units), nn.ReLU()]
        if name == "cnn" or units != DENSE[-1]:
            net.append(nn.Dropout(DROPOUT))
        before = units
    return nn.Sequential(*net, nn.Linear(before, CLASSES))


def torch_step(args, batches):
    import torch

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    net = torch_net(args.net)
    version = f"PyTorch {torch.__version__}"

    def tensor(images):
        return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().float() / 255

    if args.task == "train":
        optimizer, loss = torch.optim.Adam(net.parameters(), LEARNING_RATE), torch.nn.CrossEntropyLoss()

        def train():
            images, labels = next(batches)
            optimizer.zero_grad()
            value = loss(net(tensor(images)), torch.from_numpy(labels).long())
            value.backward()
            optimizer.step()
            return value.item()

        return version, train
    net.eval()

    def infer():
        with torch.inference_mode():
            return net(tensor(next(batches)[0])).numpy()

    return version, infer


def read_batches(folder, size):
    """Batches of the data, over and over."""
    import numpy as np

    images = np.fromfile(Path(folder, "images.u8"), np.uint8).reshape(-1, SIZE, SIZE, 1)
    labels = np.fromfile(Path(folder, "labels.u8"), np.uint8).astype(np.int32)
    while True:
        for start in range(0, len(labels) - size + 1, size):
            yield images[start : start + size], labels[start : start + size]


def answer(**fields):
    print(json.dumps(fields), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, prefix_chars="-")
    parser.add_argument("-framework", choices=("keras", "jax", "torch"), required=True)
    parser.add_argument("-task", choices=("train", "infer"), required=True)
    parser.add_argument("-net", choices=("cnn", "dnn"), required=True)
    parser.add_argument("-batch", type=int, required=True)
    parser.add_argument("-threads", type=int, required=True)
    parser.add_argument("-data", required=True)
    args = parser.parse_args()
    try:
        make = torch_step if args.framework == "torch" else keras_step
        version, step = make(args, read_batches(args.data, args.batch))
    except (ImportError, OSError) as error:
        answer(error=f"can't be loaded: {str(error).splitlines()[0]}")
        return
    start = time.perf_counter()
    step()
    answer(version=version, compile=time.perf_counter() - start)
    for line in sys.stdin:
        step()  # Isn't counted: after a pause it finds its memory and caches cold.
        start, seconds, examples = time.perf_counter(), 0.0, 0
        while seconds < float(line):
            step()
            examples += args.batch
            seconds = time.perf_counter() - start
        answer(examples=examples, seconds=seconds)


if __name__ == "__main__":
    main()
