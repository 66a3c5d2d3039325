// The worker of the live page: it finds faces (Go's WebAssembly) and reads them (ONNX Runtime Web). It answers each
// message {id, what, …} by {id, result} or {id, error}, one after the other.
"use strict";

const SIZE = 48, PIXELS = SIZE * SIZE;
const BATCH = 32; // faces that the net reads at once
const sessions = {}; // net's name → session
let last = Promise.resolve();

self.onmessage = event => {
  const message = event.data;
  last = last.then(async () => {
    try {
      const [result, transfer] = await tasks[message.what](message);
      self.postMessage({id: message.id, result}, transfer || []);
    } catch (error) {
      self.postMessage({id: message.id, error: String(error && error.message || error)});
    }
  });
};

const tasks = {
  // Starts both WebAssemblies from their bytes.
  async start({ferlab, ortBinary, ortCode}) {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = ortBinary;
    ort.env.wasm.wasmPaths = {mjs: URL.createObjectURL(new Blob([ortCode], {type: "text/javascript"}))};
    const go = new Go();
    const program = await WebAssembly.instantiate(ferlab, go.importObject);
    go.run(program.instance); // returns when it waits for calls
    return [true];
  },

  async net({name, model}) {
    sessions[name] = await ort.InferenceSession.create(model, {executionProviders: ["wasm"]});
    return [true];
  },

  // A file's faces, and what the net says of them.
  async file({net, bytes}) {
    const found = checked(ferlabPhoto.file(bytes));
    await readAll(net, found.faces);
    return [found, [found.preview.buffer]];
  },

  // A camera's picture.
  async frame({net, rgba, width, height}) {
    const start = performance.now();
    const found = checked(ferlabPhoto.frame(rgba, width, height));
    found.findTime = performance.now() - start;
    await readAll(net, found.faces);
    found.readTime = performance.now() - start - found.findTime;
    return [found];
  },

  // Faces that were found before, and what the net says of them.
  async read({net, faces}) {
    await readAll(net, faces);
    return [faces];
  },

  // How much a class's logit falls when a window of the face is covered by its mean grey, averaged over the windows
  // that cover a pixel, as explain.Occlusion does.
  async occlusion({id, net, pixels, label, window, stride}) {
    const mean = pixels.reduce((a, b) => a + b, 0) / PIXELS;
    const shifts = Math.ceil((SIZE - window) / stride) + 1;
    const each = (w, visit) => {
      const top = Math.floor(w / shifts) * stride, left = w % shifts * stride;
      for (let y = top; y < Math.min(top + window, SIZE); y++)
        for (let x = left; x < Math.min(left + window, SIZE); x++) visit(y * SIZE + x);
    };
    const covered = w => {
      const face = Uint8Array.from(pixels);
      if (w >= 0) each(w, k => { face[k] = Math.round(mean); });
      return face;
    };
    const [whole] = await run(net, [covered(-1)]);
    const sum = new Float64Array(PIXELS), count = new Float64Array(PIXELS);
    for (let w = 0; w < shifts * shifts; w += BATCH) {
      const n = Math.min(BATCH, shifts * shifts - w);
      const results = await run(net, Array.from({length: n}, (_, i) => covered(w + i)));
      results.forEach((result, i) => each(w + i, k => {
        sum[k] += whole.logits[label] - result.logits[label];
        count[k]++;
      }));
      self.postMessage({id, progress: (w + n) / (shifts * shifts)});
    }
    return [{height: SIZE, width: SIZE, values: sum.map((v, k) => v / count[k])}];
  },
};

function checked(found) {
  if (found.error) throw new Error(found.error);
  return found;
}

async function readAll(net, faces) {
  for (let i = 0; i < faces.length; i += BATCH) {
    const some = faces.slice(i, i + BATCH);
    const results = await run(net, some.map(face => face.pixels));
    results.forEach((result, k) => Object.assign(some[k], result));
  }
}

// Runs the net over faces: probabilities, logits and, if the net has them, maps of each.
async function run(net, faces) {
  const input = new Uint8Array(faces.length * PIXELS);
  faces.forEach((face, i) => input.set(face, i * PIXELS));
  const session = sessions[net];
  const out = await session.run({image: new ort.Tensor("uint8", input, [faces.length, SIZE, SIZE, 1])});
  const part = (tensor, i) => {
    const n = tensor.data.length / faces.length;
    return Array.from(tensor.data.subarray(i * n, (i + 1) * n));
  };
  const results = faces.map((_, i) => ({
    probabilities: part(out.probabilities, i), logits: part(out.logits, i),
    maps: out.maps && {height: out.maps.dims[1], width: out.maps.dims[2], values: part(out.maps, i)},
  }));
  for (const tensor of Object.values(out)) tensor.dispose();
  return results;
}
