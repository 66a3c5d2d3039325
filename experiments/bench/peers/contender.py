"""A peer of Ferlab in its benchmark: its nets in Keras on TensorFlow (keras) or JAX (jax), or in PyTorch (torch).

It prints a line of JSON when it is ready, {"version": …, "compile": seconds of the first step}, and answers every line
with a number of seconds on standard input with the work done in them: {"examples": …, "seconds": …}. Each framework
takes its fast documented path: Keras's compiled training function over tf.data or jax.jit of a stateless step, a
tf.function or jax.jit for inference. Settings make it faster: bf16 (Keras's mixed_bfloat16, PyTorch's autocast), jit
(TensorFlow's XLA), cl (PyTorch's channels_last) and compile (torch.compile); malloc is the C library's, set by whoever
starts it.
"""
import argparse
import json
import os
import sys
import time
from pathlib import Path

FILTERS, BLOCKS, DENSE, RESNET, CLASSES, SIZE, DROPOUT, LEARNING_RATE, PRODUCT = (
    (64, 128, 250, 500), (128, 256, 512, 1248), (512, 256, 64), (32, 64, 128, 248), 7, 48, 0.25, 1e-3, 2048)


def keras_net(name):
    from keras import Model, Sequential, layers

    image = layers.Input((SIZE, SIZE, 1), dtype="uint8")
    last = layers.Dense(CLASSES, dtype="float32")
    if name == "resnet":
        def conv(x, filters):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            return layers.ReLU()(layers.BatchNormalization()(x))

        x = layers.Rescaling(1 / 255)(image)
        for stage, filters in enumerate(RESNET):
            x = layers.MaxPooling2D(2)(conv(x, filters))
            if stage > 0:
                x = layers.Add()([x, conv(conv(x, filters), filters)])
        return Model(image, last(layers.Dropout(DROPOUT)(layers.GlobalAveragePooling2D()(x))))
    net = [image, layers.Rescaling(1 / 255)]
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
    return Sequential(net + [last])


def load_keras(args, seed=1):
    """Loads Keras on the framework, the device and with the settings of args; returns it and all versions."""
    gpu = args.device == "gpu"
    os.environ.update(KERAS_BACKEND={"keras": "tensorflow", "jax": "jax"}[args.framework], TF_CPP_MIN_LOG_LEVEL="2",
                      JAX_PLATFORMS="cuda" if gpu else "cpu", XLA_PYTHON_CLIENT_PREALLOCATE="false")
    if args.framework == "keras":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
        tf.config.threading.set_inter_op_parallelism_threads(args.threads)
        version = f"TensorFlow {tf.__version__}"
        if gpu and not tf.config.list_physical_devices("GPU"):
            raise OSError("TensorFlow sees no GPU")
    else:
        import jax

        version = f"JAX {jax.__version__}"
        jax.devices()  # Fails without a GPU if one is asked for.
    import keras

    keras.utils.set_random_seed(seed)
    if "bf16" in args.settings:
        keras.config.set_dtype_policy("mixed_bfloat16")
    return keras, f"Keras {keras.__version__}, {version}"


def keras_step(args, batches):
    keras, version = load_keras(args)
    net = keras_net(args.net)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    if args.framework == "jax":
        import jax

        jax_net = Jax(net, loss, optimizer)
        if args.task == "train":
            return version, lambda: float(jax_net.train(*next(batches)))
        return version, lambda: jax.device_get(jax_net.infer(next(batches)[0]))
    import tensorflow as tf

    jit = "jit" in args.settings
    if args.task == "train":
        net.compile(optimizer, loss, jit_compile=True if jit else "auto")
        images, labels = zip(*(next(batches) for _ in range(1024 // args.batch)))
        data = tf.data.Dataset.from_tensor_slices((list(images), list(labels))).repeat().prefetch(2)
        net.make_train_function()
        train, iterator = net.train_function, iter(data)
        return version, lambda: float(train(iterator)["loss"])
    infer = tf.function(lambda x: net(x, training=False), jit_compile=jit or None)
    return version, lambda: infer(tf.constant(next(batches)[0])).numpy()


class Jax:
    """A Keras net on JAX, trained by a step without state as Keras's guide to training loops in JAX has it."""

    def __init__(self, net, loss, optimizer):
        import jax

        optimizer.build(net.trainable_variables)
        self.state = [[v.value for v in variables] for variables in (
            net.trainable_variables, net.non_trainable_variables, optimizer.variables)]

        def value(trained, other, images, labels):
            logits, other = net.stateless_call(trained, other, images, training=True)
            return loss(labels, logits), other

        def step(state, images, labels):
            trained, other, slots = state
            (mean, other), gradients = jax.value_and_grad(value, has_aux=True)(trained, other, images, labels)
            trained, slots = optimizer.stateless_apply(slots, gradients, trained)
            return [trained, other, slots], mean

        self.step = jax.jit(step, donate_argnums=0)
        self.forward = jax.jit(lambda state, images: net.stateless_call(*state[:2], images, training=False)[0])

    def train(self, images, labels):
        """Trains on a batch and returns its mean loss, on the device."""
        self.state, mean = self.step(self.state, images, labels)
        return mean

    def infer(self, images):
        return self.forward(self.state, images)


def torch_net(name):
    from torch import nn

    if name == "resnet":
        def conv(before, filters):
            return nn.Sequential(nn.Conv2d(before, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters),
                                 nn.ReLU())

        class Residual(nn.Module):
            def __init__(self, filters):
                super().__init__()
                self.inner = nn.Sequential(conv(filters, filters), conv(filters, filters))

            def forward(self, x):
                return x + self.inner(x)

        net = []
        for before, filters in zip((1, *RESNET), RESNET):
            net += [conv(before, filters), nn.MaxPool2d(2)] + [Residual(filters)] * (before > 1)
        return nn.Sequential(*net, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPOUT),
                             nn.Linear(RESNET[-1], CLASSES))
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


class Torch:
    """PyTorch with its settings, on a device."""

    def __init__(self, settings, device, threads):
        import torch

        self.torch, self.settings, self.device = torch, settings, "cuda" if device == "gpu" else "cpu"
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        if device == "gpu":
            if not torch.cuda.is_available():
                raise OSError("PyTorch sees no GPU")
            torch.set_float32_matmul_precision("high")  # TF32, as the others.
            torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
        self.layout = torch.channels_last if "cl" in settings else torch.contiguous_format
        self.version = f"PyTorch {torch.__version__}"

    def net(self, name):
        net = torch_net(name).to(self.device, memory_format=self.layout)
        if "compile" in self.settings:  # With CUDA's graphs on a GPU.
            net = self.torch.compile(net, mode="reduce-overhead" if self.device == "cuda" else "default")
        return net

    def images(self, images):
        x = self.torch.from_numpy(images).to(self.device, non_blocking=True).permute(0, 3, 1, 2)
        return (x.float() / 255).contiguous(memory_format=self.layout)

    def autocast(self):
        return self.torch.autocast(self.device, self.torch.bfloat16, enabled="bf16" in self.settings)

    def trainer(self, net, optimizer, loss):
        """A function that trains on a batch and returns its mean loss, on the device."""
        def train(images, labels):
            optimizer.zero_grad()
            with self.autocast():
                value = loss(net(self.images(images)), self.torch.from_numpy(labels).to(self.device).long())
            value.backward()
            optimizer.step()
            return value.detach()

        return train

    def inferer(self, net):
        """A function that returns the logits of images, on the device."""
        net.eval()

        def infer(images):
            with self.torch.inference_mode(), self.autocast():
                return net(self.images(images)).float()

        return infer


def torch_step(args, batches):
    t = Torch(args.settings, args.device, args.threads)
    torch = t.torch
    if args.task == "matmul":
        x = torch.rand(PRODUCT, PRODUCT, device=t.device, dtype=torch.bfloat16 if "bf16" in args.settings else None)
        return t.version, lambda: (x @ x).sum().item()
    net = t.net(args.net)
    if args.task == "train":
        train = t.trainer(net, torch.optim.Adam(net.parameters(), LEARNING_RATE, fused=True),
                          torch.nn.CrossEntropyLoss())
        return t.version, lambda: train(*next(batches)).item()
    infer = t.inferer(net)
    return t.version, lambda: infer(next(batches)[0]).cpu().numpy()


def read(folder):
    """Images, uint8 [n, 48, 48, 1], and labels of a folder of arrays."""
    import numpy as np

    images = np.fromfile(Path(folder, "images.u8"), np.uint8).reshape(-1, SIZE, SIZE, 1)
    return images, np.fromfile(Path(folder, "labels.u8"), np.uint8).astype(np.int32)


def read_batches(folder, size):
    """Batches of the data, over and over."""
    images, labels = read(folder)
    while True:
        for start in range(0, len(labels) - size + 1, size):
            yield images[start : start + size], labels[start : start + size]


def answer(**fields):
    print(json.dumps(fields), flush=True)


def main():
    global DROPOUT
    parser = argparse.ArgumentParser(description=__doc__, prefix_chars="-")
    parser.add_argument("-framework", choices=("keras", "jax", "torch"), required=True)
    parser.add_argument("-settings", type=lambda text: set(filter(None, text.split("-"))), default=set(),
                        help="joined by hyphens: bf16, jit, cl, compile, malloc")
    parser.add_argument("-device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("-task", choices=("train", "infer", "matmul"), required=True)
    parser.add_argument("-net", choices=("", "cnn", "dnn", "resnet"), required=True)
    parser.add_argument("-batch", type=int, required=True)
    parser.add_argument("-threads", type=int, required=True)
    parser.add_argument("-dropout", type=float, required=True)
    parser.add_argument("-data", required=True)
    args = parser.parse_args()
    DROPOUT = args.dropout
    try:
        make = torch_step if args.framework == "torch" else keras_step
        version, step = make(args, read_batches(args.data, args.batch))
    except (ImportError, OSError, RuntimeError) as error:
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
