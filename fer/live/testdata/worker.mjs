// Runs the live page's worker under Node: worker.mjs PARTS WORKER.mjs NET.onnx PHOTO … prints a list per photo of its
// faces and what the net says of them.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";

const [parts, worker, net, ...photos] = process.argv.slice(2);
const waiting = new Map();
globalThis.self = globalThis;
globalThis.require = createRequire(import.meta.url);
globalThis.postMessage = ({id, result, error, progress}) => {
  if (progress !== undefined) return;
  if (error) waiting.get(id).reject(new Error(error));
  else waiting.get(id).resolve(result);
};
// Node imports no blob: the code that starts ONNX Runtime comes from its file.
URL.createObjectURL = () => pathToFileURL(resolve(join(parts, "ort-wasm-simd-threaded.mjs"))).href;
await import(pathToFileURL(resolve(worker)).href);

let calls = 0;
const call = (what, message) => new Promise((resolve, reject) => {
  waiting.set(++calls, {resolve, reject});
  self.onmessage({data: {id: calls, what, ...message}});
});
const bytes = path => new Uint8Array(readFileSync(path));

await call("start", {ferlab: bytes(join(parts, "ferlab.wasm")),
  ortBinary: bytes(join(parts, "ort-wasm-simd-threaded.wasm")), ortCode: ""});
await call("net", {name: "net", model: bytes(net)});
const answers = [];
for (const photo of photos) {
  const {faces} = await call("file", {net: "net", bytes: bytes(photo)});
  for (const face of faces) {
    const map = await call("occlusion", {net: "net", pixels: face.pixels, label: 3, window: 8, stride: 8});
    face.occlusion = Array.from(map.values);
  }
  for (const face of faces) face.pixels = Buffer.from(face.pixels).toString("base64");
  answers.push(faces);
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
