"""Checks exported nets with onnx's own checker and onnxruntime: python check_onnx.py FOLDER

FOLDER holds, for each net, NAME.onnx and NAME.json with "images" (n × 2304 numbers 0…255), "logits" and "probabilities"
(n × 7), as FERLAB_ONNX_DIR=FOLDER go test -run TestONNX ./fer/export writes them. Needs requirements.txt.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-4

files = sorted(Path(sys.argv[1]).glob("*.onnx"))
assert files, "no .onnx file in the folder"
failed = False
for file in files:
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    want = json.loads(file.with_suffix(".json").read_text())
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    [image] = session.get_inputs()
    dtype = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32}[image.type]
    images = np.array(want["images"], dtype).reshape(-1, 48, 48, 1)
    probabilities, logits = session.run(["probabilities", "logits"], {image.name: images})
    error = max(np.abs(logits - want["logits"]).max(), np.abs(probabilities - want["probabilities"]).max())
    failed |= not error <= TOLERANCE
    print(f"{file.name}: {len(model.graph.node)} nodes, input {image.type}, {len(images)} images, "
          f"largest difference {error:.1e}")
sys.exit(failed)
