"""Makes maps.json: attributions by captum and pytorch-grad-cam, to compare package explain with.

    pip install torch==2.4.0 torchvision==0.19.0 captum==0.8.0 grad-cam==1.5.5 "numpy<2"
    python make_fixtures.py

Weights and images are formulas of hashes, which the test repeats; the file holds of each map its sum, its norm and
every 11th value. The net is the report's CNN with 4, 6, 8 and 10 filters and hidden layers of 16 and 12 units.
"""

import json
import math
import pathlib

import captum.attr
import numpy as np
import torch
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, LayerCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

FILTERS, DENSE, CLASSES = [4, 6, 8, 10], [16, 12], 7
TARGETS = [2, 0]


def hashes(name, n):
    """n numbers of SplitMix64, seeded with the FNV-1a hash of the name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        return z ^ z >> np.uint64(31)


def uniform(name, n):
    return (hashes(name, n) >> np.uint64(40)).astype(np.float64) / 2**24


def weight(name, *shape):
    """Layout as in Ferlab: kernels are [height, width, in, out] or [in, out]."""
    n = math.prod(shape)
    u, kind = uniform(name, n), name.split("/")[1]
    if kind == "kernel":
        w = (2 * u - 1) * math.sqrt(6 / (math.prod(shape[:-1])))
    elif kind in ("gamma", "moving_variance"):
        w = 0.5 + u
    else:
        w = 0.4 * u - 0.2
    return torch.tensor(w.astype(np.float32).reshape(shape))


def conv(name, n_in, n_out):
    layer = nn.Conv2d(n_in, n_out, 3)
    layer.weight.data = weight(f"{name}/kernel", 3, 3, n_in, n_out).permute(3, 2, 0, 1).contiguous()
    layer.bias.data = weight(f"{name}/bias", n_out)
    return layer


def norm(name, n):
    layer = nn.BatchNorm2d(n, eps=1e-3)
    layer.weight.data, layer.bias.data = weight(f"{name}/gamma", n), weight(f"{name}/beta", n)
    layer.running_mean, layer.running_var = weight(f"{name}/moving_mean", n), weight(f"{name}/moving_variance", n)
    return layer


def dense(name, n_in, n_out):
    layer = nn.Linear(n_in, n_out)
    layer.weight.data = weight(f"{name}/kernel", n_in, n_out).T.contiguous()
    layer.bias.data = weight(f"{name}/bias", n_out)
    return layer


def make_net():
    layers, n_in = {}, 1
    for i, n in enumerate(FILTERS, 1):
        layers |= {f"conv{i}": conv(f"conv{i}", n_in, n), f"bn{i}": norm(f"bn{i}", n),
                   f"relu{i}": nn.ReLU(), f"pool{i}": nn.MaxPool2d(2)}
        n_in = n
    layers["flatten"] = nn.Flatten()
    for i, n in enumerate(DENSE, 1):
        layers |= {f"dense{i}": dense(f"dense{i}", n_in, n), f"relu{len(FILTERS) + i}": nn.ReLU()}
        n_in = n
    layers["logits"] = dense(f"dense{len(DENSE) + 1}", n_in, CLASSES)
    net = nn.Sequential()
    for name, layer in layers.items():
        net.add_module(name, layer)
    return net.eval()


def make_images():
    """Waves plus noise, uint8."""
    images = []
    for i in range(len(TARGETS)):
        noise = (hashes(f"image {i}", 48 * 48) >> np.uint64(58)).astype(np.int64).reshape(48, 48)
        y, x = np.mgrid[0:48, 0:48]
        images.append(60 + (x * x + (i + 1) * y * y + x * y * 2) // 4 % 120 + noise)
    return torch.tensor(np.stack(images)[:, None] / 255, dtype=torch.float32)


def entry(maps):
    result = []
    for m in np.asarray(maps, dtype=np.float64).reshape(len(TARGETS), -1):
        result.append({"sum": float(f"{m.sum():.8g}"), "norm": float(f"{np.linalg.norm(m):.8g}"),
                       "every11": [float(f"{v:.7g}") for v in m[::11]]})
    return result


def main():
    torch.manual_seed(0)
    net, images, targets = make_net(), make_images(), torch.tensor(TARGETS)
    images.requires_grad_()
    out = {"logits": net(images).detach().numpy().astype(float).tolist()}
    saliency = captum.attr.Saliency(net)
    out["gradient"] = entry(saliency.attribute(images, targets, abs=False).detach())
    out["input-x-gradient"] = entry(captum.attr.InputXGradient(net).attribute(images, targets).detach())
    ig = captum.attr.IntegratedGradients(net)
    out["integrated-gradients"] = entry(ig.attribute(
        images, torch.zeros_like(images), targets, n_steps=20, method="gausslegendre").detach())
    out["guided-backprop"] = entry(captum.attr.GuidedBackprop(net).attribute(images, targets).detach())
    grey = images.detach().mean(dim=(1, 2, 3), keepdim=True).expand_as(images)
    occlusion = captum.attr.Occlusion(net)
    out["occlusion"] = entry(occlusion.attribute(
        images, (1, 7, 7), strides=(1, 4, 4), baselines=grey, target=targets).detach())

    # NoiseTunnel draws its own noise; here its three formulas get the test's.
    noise = torch.tensor(np.stack([0.2 * uniform(f"noise {i}", 48 * 48) - 0.1 for i in range(8)]),
                         dtype=torch.float32).reshape(-1, 1, 1, 48, 48)
    grads = torch.stack([saliency.attribute((images + n).detach().requires_grad_(), targets, abs=False).detach()
                         for n in noise]).double()
    out["smoothgrad"], out["smoothgrad-squared"] = entry(grads.mean(0)), entry((grads**2).mean(0))
    out["vargrad"] = entry((grads**2).mean(0) - grads.mean(0) ** 2)

    for name, method in {"grad-cam": GradCAM, "grad-cam++": GradCAMPlusPlus, "layer-cam": LayerCAM}.items():
        for layer in ["bn2", "relu3"]:
            with method(model=net, target_layers=[net.get_submodule(layer)]) as cam:
                out[f"{name} {layer} stretched"] = entry(cam(
                    input_tensor=images, targets=[ClassifierOutputTarget(t) for t in TARGETS]))
    path = pathlib.Path(__file__).with_name("maps.json")
    path.write_text(json.dumps(out, separators=(",", ":"))
                    .replace('"grad', '\n"grad').replace('"layer', '\n"layer') + "\n")


if __name__ == "__main__":
    main()
