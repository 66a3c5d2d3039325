// The live page. It fills the element #ferlab-live; what it loads lies beside this script. See worker.js for the work.
"use strict";

const ferlabLive = {nets: [], packed: {}};

(() => {
  const FOLDER = document.currentScript.src.replace(/[^/]*$/, "");
  const SIZE = 48; // of a face as the nets read it
  const FRAME = 640; // longer side of a camera's picture, in which faces are looked for
  const SHOWN = 24; // faces of a photo with a button of their own
  const OCCLUSION = {window: 8, stride: 4};
  const SERVER = "Run “make live” in Ferlab's folder and open the address that it prints.";

  // --- small helpers ---

  const root = document.getElementById("ferlab-live");
  const part = name => root.querySelector(`[data-part="${name}"]`);
  const percent = p => `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)} %`;

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  // say tells what happens or what is wrong, in the one place where the page speaks.
  function say(text, wrong) {
    const status = part("status");
    status.textContent = text;
    status.classList.toggle("ferlab-wrong", Boolean(wrong));
  }

  function load(file) {
    return new Promise((resolve, reject) => {
      const script = element("script", {src: FOLDER + file});
      script.onload = resolve;
      script.onerror = () => reject(new Error(`The file ${file} is missing beside the page.`));
      document.head.append(script);
    });
  }

  // unpacked returns the bytes of what a script brought, and forgets it.
  async function unpacked(name) {
    const text = atob(ferlabLive.packed[name]);
    delete ferlabLive.packed[name];
    const zipped = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) zipped[i] = text.charCodeAt(i);
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // --- the worker ---

  let worker, calls = 0;
  const waiting = new Map();

  function call(what, message = {}, transfer = [], progress = null) {
    return new Promise((resolve, reject) => {
      waiting.set(++calls, {resolve, reject, progress});
      worker.postMessage({id: calls, what, ...message}, transfer);
    });
  }

  async function startWorker() {
    const code = new Blob([await unpacked("worker.js")], {type: "text/javascript"});
    worker = new Worker(URL.createObjectURL(code));
    worker.onmessage = ({data}) => {
      const call = waiting.get(data.id);
      if (data.progress !== undefined) return call.progress && call.progress(data.progress);
      waiting.delete(data.id);
      if (data.error === undefined) call.resolve(data.result);
      else call.reject(new Error(data.error));
    };
    const broken = new Promise((_, reject) => {
      worker.onerror = event => {
        for (const call of waiting.values()) call.reject(new Error(event.message));
        reject(new Error(event.message || "it starts no worker"));
      };
    });
    const [ferlab, ortBinary, ortCode] = await Promise.all(["ferlab.wasm", "ort.wasm", "ort.mjs"].map(unpacked));
    await Promise.race([broken, call("start", {ferlab, ortBinary, ortCode}, [ferlab.buffer, ortBinary.buffer])]);
  }

  // --- what is shown ---

  const state = {net: null, faces: [], face: 0, label: null, picture: null, map: null, camera: null, busy: false};
  const loaded = new Map(); // net's name → when it is ready

  function useNet(name) {
    const net = ferlabLive.nets.find(n => n.name === name);
    if (!loaded.has(name)) {
      say(`Loading the net ${name}, ${(net.bytes / 1e6).toFixed(0)} MB …`);
      const ready = load(`net-${name}.js`).then(() => unpacked(name)).then(
        model => call("net", {name, model}, [model.buffer]));
      ready.catch(() => loaded.delete(name));
      loaded.set(name, ready);
    }
    return loaded.get(name).then(() => net);
  }

  function build() {
    root.classList.add("ferlab-live");
    root.replaceChildren(
      element("div", {class: "ferlab-controls"},
        element("button", {type: "button", "data-part": "choose", onclick: () => part("file").click()},
          "Choose a photo"),
        element("input", {type: "file", accept: "image/*,.tif,.tiff,.webp,.bmp", "data-part": "file", hidden: "",
          "aria-label": "photo", onchange: event => { openFile(event.target.files[0]); event.target.value = ""; }}),
        element("button", {type: "button", "data-part": "camera", onclick: toggleCamera}, "Use the camera"),
        element("button", {type: "button", "data-part": "pause", hidden: "",
          onclick: () => hold(!state.camera.held)}, "Pause"),
        element("label", {}, "Net ", element("select", {"data-part": "net", onchange: changeNet}))),
      element("p", {"data-part": "status", class: "ferlab-status", role: "status"}, "Starting …"),
      element("div", {class: "ferlab-columns"},
        element("div", {class: "ferlab-stage", "data-part": "stage"},
          element("canvas", {"data-part": "picture", width: 640, height: 480, role: "img",
            "aria-label": "the picture, with its faces"}),
          element("p", {"data-part": "hint", class: "ferlab-hint"}, "Drop a photo here"),
          element("div", {"data-part": "faces", class: "ferlab-faces", role: "group", "aria-label": "faces"})),
        element("div", {class: "ferlab-answer", "data-part": "answer", hidden: ""},
          element("ul", {"data-part": "bars", class: "ferlab-bars", "aria-label": "probabilities"}),
          element("div", {class: "ferlab-views"},
            element("figure", {}, element("canvas", {"data-part": "seen", width: SIZE, height: SIZE, role: "img",
              "aria-label": "the face as the net sees it"}), element("figcaption", {}, "as the net sees it")),
            element("figure", {}, element("canvas", {"data-part": "heat", width: SIZE, height: SIZE, role: "img",
              "aria-label": "heat map"}), element("figcaption", {"data-part": "heatnote"}))),
          element("button", {type: "button", "data-part": "closer", onclick: lookCloser}, "Look closer"),
          element("p", {class: "ferlab-small"}, "Red speaks for the answer, blue against it. Choose another answer by ",
            "its bar; “Look closer” covers the face bit by bit, and marks where that matters."))),
      element("p", {class: "ferlab-small", "data-part": "about"}));
    const stop = event => event.preventDefault();
    root.addEventListener("dragover", event => { stop(event); part("stage").classList.add("ferlab-over"); });
    root.addEventListener("dragleave", () => part("stage").classList.remove("ferlab-over"));
    root.addEventListener("drop", event => {
      stop(event);
      part("stage").classList.remove("ferlab-over");
      if (event.dataTransfer.files.length) openFile(event.dataTransfer.files[0]);
    });
    enable(false);
  }

  function enable(on) {
    for (const name of ["choose", "camera", "net"]) part(name).disabled = !on;
  }

  const face = () => state.faces[state.face];
  const top = face => face.probabilities.indexOf(Math.max(...face.probabilities));
  const label = () => state.label === null ? top(face()) : state.label;

  // show draws the picture with its boxes, and what the net says of the chosen face.
  function show() {
    drawPicture();
    part("hint").hidden = Boolean(state.picture);
    part("answer").hidden = !face();
    if (!face()) return;
    drawBars();
    drawFace(part("seen"), face().pixels);
    drawHeat();
  }

  function drawPicture() {
    const canvas = part("picture"), picture = state.picture;
    if (!picture) return canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    if (canvas.width !== picture.width || canvas.height !== picture.height)
      Object.assign(canvas, {width: picture.width, height: picture.height});
    const c = canvas.getContext("2d");
    c.drawImage(picture.source, 0, 0, picture.width, picture.height);
    const unit = Math.max(picture.width, picture.height) / FRAME * Math.min(2, Math.max(1, FRAME / canvas.clientWidth));
    c.font = `600 ${15 * unit}px system-ui, sans-serif`;
    c.textBaseline = "bottom";
    state.faces.forEach((f, i) => {
      if (!f.probabilities) return;
      const k = top(f), x = f.x * picture.scale, y = f.y * picture.scale, side = f.side * picture.scale;
      const text = ` ${state.net.classes[k]} ${percent(f.probabilities[k])} `;
      c.lineWidth = (i === state.face ? 4 : 2) * unit;
      c.strokeStyle = c.fillStyle = state.net.colors[k];
      c.save();
      c.translate(x + side / 2, y + side / 2);
      c.rotate(f.tilt * Math.PI / 180);
      c.strokeRect(-side / 2, -side / 2, side, side);
      c.restore();
      const height = 21 * unit, width = c.measureText(text).width;
      const left = Math.max(0, Math.min(x - c.lineWidth / 2, picture.width - width));
      const below = y < height ? y + height : y;
      c.fillRect(left, below - height, width, height);
      c.fillStyle = light(state.net.colors[k]) ? "#000" : "#fff";
      c.fillText(text, left, below - 2 * unit);
    });
  }

  const light = color => {
    const [r, g, b] = [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));
    return 0.299 * r + 0.587 * g + 0.114 * b > 140;
  };

  function drawBars() {
    const bars = part("bars");
    if (bars.dataset.net !== state.net.name) {
      bars.dataset.net = state.net.name;
      bars.replaceChildren(...state.net.classes.map((name, i) => element("li", {},
        element("button", {type: "button", onclick: () => chooseLabel(i)},
          element("span", {class: "ferlab-name"}, name),
          element("span", {class: "ferlab-track"}, element("span", {class: "ferlab-bar"})),
          element("span", {class: "ferlab-value"})))));
      bars.querySelectorAll(".ferlab-bar").forEach((bar, i) => { bar.style.backgroundColor = state.net.colors[i]; });
    }
    [...bars.children].forEach((item, i) => {
      const p = face().probabilities[i], button = item.firstChild;
      item.querySelector(".ferlab-bar").style.transform = `scaleX(${p})`;
      item.querySelector(".ferlab-value").textContent = percent(p);
      item.dataset.probability = p;
      item.classList.toggle("ferlab-top", i === top(face()));
      button.setAttribute("aria-pressed", i === label());
    });
  }

  function drawFace(canvas, pixels) {
    const image = new ImageData(SIZE, SIZE);
    pixels.forEach((v, i) => image.data.set([v, v, v, 255], 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // drawHeat lays the map of the chosen emotion over the face: the closer one if there is one, else the net's own.
  function drawHeat() {
    const note = part("heatnote"), name = state.net.classes[label()];
    let map = state.map;
    if (map && (map.face !== face() || map.label !== label())) map = null;
    const own = face().maps;
    part("heat").parentElement.hidden = !map && !own;
    if (map) note.textContent = `${name}: what covering takes away`;
    else if (own) {
      const n = state.net.classes.length, k = label();
      map = {height: own.height, width: own.width, values: own.values.filter((_, i) => i % n === k)};
      note.textContent = `${name}: what speaks for it`;
    } else return;
    const largest = Math.max(...map.values.map(Math.abs)) || 1;
    const image = new ImageData(SIZE, SIZE);
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const v = at(map, y, x) / largest, i = y * SIZE + x, grey = 0.35 * 255 + 0.65 * face().pixels[i];
        const ink = v > 0 ? [213, 40, 20] : [0, 90, 200], a = 0.75 * Math.abs(v);
        image.data.set([...ink.map(t => (1 - a) * grey + a * t), 255], 4 * i);
      }
    part("heat").getContext("2d").putImageData(image, 0, 0);
  }

  // at interpolates a map that covers the face, as explain's stretched grid does.
  function at(map, y, x) {
    const place = (pixel, n) => {
      const step = SIZE / n, p = Math.min(Math.max((pixel - (step - 1) / 2) / step, 0), n - 1), low = Math.floor(p);
      return [low, Math.min(low + 1, n - 1), p - low];
    };
    const [y0, y1, ty] = place(y, map.height), [x0, x1, tx] = place(x, map.width);
    const v = (row, column) => map.values[row * map.width + column];
    return (1 - ty) * ((1 - tx) * v(y0, x0) + tx * v(y0, x1)) + ty * ((1 - tx) * v(y1, x0) + tx * v(y1, x1));
  }

  function showFaces() {
    const list = part("faces");
    list.replaceChildren();
    if (state.faces.length < 2) return;
    state.faces.slice(0, SHOWN).forEach((f, i) => {
      const canvas = element("canvas", {width: SIZE, height: SIZE});
      drawFace(canvas, f.pixels);
      list.append(element("button", {type: "button", "aria-label": `face ${i + 1}`, "aria-pressed": i === state.face,
        onclick: () => {
          state.face = i;
          [...list.children].forEach((b, k) => b.setAttribute("aria-pressed", k === i));
          show();
          tell();
        }}, canvas));
    });
  }

  function chooseLabel(i) {
    state.label = state.label === i ? null : i;
    show();
  }

  // tell says in a sentence what the bars show.
  function tell() {
    const n = state.faces.length;
    if (!n) return;
    const k = top(face());
    const which = n === 1 ? "One face" : `${n} faces; face ${state.face + 1} of them`;
    say(`${which}: ${state.net.classes[k]}, ${percent(face().probabilities[k])}.` +
      (n > SHOWN ? ` Only the ${SHOWN} largest have a button.` : "") +
      (face().unfound ? " No face was found in this square grey picture, so the whole of it is read as one." : ""));
  }

  // --- photos ---

  async function openFile(file) {
    if (!file || state.busy) return;
    await stopCamera();
    state.busy = true;
    say("Looking for faces …");
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const found = await call("file", {net: state.net.name, bytes}, [bytes.buffer]);
      const source = element("canvas", {width: found.previewWidth, height: found.previewHeight});
      source.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(found.preview.buffer),
        found.previewWidth, found.previewHeight), 0, 0);
      Object.assign(state, {faces: found.faces, face: 0, label: null, map: null, picture: {source,
        width: source.width, height: source.height, scale: found.previewWidth / found.width}});
      showFaces();
      show();
      if (found.faces.length) tell();
      else say("No face was found. Take a photo in which a face looks at the camera, upright and not too small.", true);
    } catch (error) {
      Object.assign(state, {faces: [], picture: null});
      showFaces();
      show();
      say(`This file can't be read: ${error.message}.`, true);
    } finally {
      state.busy = false;
    }
  }

  async function changeNet() {
    const name = part("net").value;
    enable(false);
    try {
      const net = await useNet(name);
      const faces = state.camera ? [] : await call("read", {net: name, faces: state.faces});
      if (!state.camera) state.faces = faces;
      Object.assign(state, {net, map: null, label: null});
      part("about").textContent = net.about;
      say(state.camera ? "" : "Ready.");
      show();
      tell();
    } catch (error) {
      say(`The net ${name} can't be used: ${error.message}`, true);
      if (state.net) part("net").value = state.net.name;
    } finally {
      enable(true);
    }
  }

  async function lookCloser() {
    if (state.busy || !face()) return;
    if (state.camera) await hold(true);
    state.busy = true;
    const button = part("closer"), f = face(), k = label();
    button.disabled = true;
    try {
      const map = await call("occlusion", {net: state.net.name, pixels: f.pixels, label: k, ...OCCLUSION}, [],
        share => { button.textContent = `Looking closer … ${(100 * share).toFixed(0)} %`; });
      state.map = {...map, face: f, label: k};
      show();
    } catch (error) {
      say(`The map can't be made: ${error.message}`, true);
    } finally {
      state.busy = false;
      button.disabled = false;
      button.textContent = "Look closer";
    }
  }

  // --- the camera ---

  const REFUSED = {
    NotAllowedError: "The browser refused the camera: allow it for this page beside the address, or choose a photo.",
    NotFoundError: "No camera was found: connect one, or choose a photo.",
    NotReadableError: "The camera gives no picture: close other programs that use it, or choose a photo.",
  };

  async function toggleCamera() {
    if (state.camera) return stopCamera().then(() => say("The camera is off."));
    if (!navigator.mediaDevices)
      return say("The browser gives this page no camera, only to pages of this computer's own server or of https. " +
        SERVER, true);
    say("Waiting for the camera …");
    part("camera").disabled = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: "user", width: {ideal: FRAME}},
        audio: false});
      const video = element("video", {playsinline: "", muted: ""});
      video.muted = true;
      video.srcObject = stream;
      await video.play();
      state.camera = {stream, video, held: false, done: null};
      stream.getVideoTracks()[0].onended = () => stopCamera().then(() => say("The camera was switched off.", true));
      part("camera").textContent = "Stop the camera";
      part("pause").hidden = false;
      Object.assign(state, {label: null, map: null});
      showFaces();
      say("");
      state.camera.done = follow(state.camera);
    } catch (error) {
      say(REFUSED[error.name] || `The camera can't be used (${error.message}): choose a photo. ` +
        (location.protocol === "file:" ? SERVER : ""), true);
    } finally {
      part("camera").disabled = false;
    }
  }

  async function stopCamera() {
    const camera = state.camera;
    if (!camera) return;
    state.camera = null;
    camera.stream.getTracks().forEach(track => track.stop());
    part("camera").textContent = "Use the camera";
    part("pause").hidden = true;
    part("pause").textContent = "Pause";
    await camera.done;
  }

  async function hold(on) {
    const camera = state.camera;
    camera.held = on;
    if (on) await camera.done; // The picture that is being read is the one that stays.
    part("pause").textContent = on ? "Go on" : "Pause";
    if (!on) camera.done = follow(camera);
  }

  // follow reads one picture of the camera after the other, mirrored as in a mirror.
  async function follow(camera) {
    const {video} = camera;
    const canvas = element("canvas", {});
    const c = canvas.getContext("2d", {willReadFrequently: true});
    const shown = element("canvas", {});
    const times = [];
    let failures = 0;
    while (state.camera === camera && !camera.held) {
      const scale = Math.min(1, FRAME / Math.max(video.videoWidth, video.videoHeight));
      const width = Math.round(video.videoWidth * scale), height = Math.round(video.videoHeight * scale);
      if (!width || !height) { await nextPicture(); continue; }
      if (canvas.width !== width || canvas.height !== height)
        for (const each of [canvas, shown]) Object.assign(each, {width, height});
      c.setTransform(-1, 0, 0, 1, width, 0);
      c.drawImage(video, 0, 0, width, height);
      const picture = c.getImageData(0, 0, width, height);
      shown.getContext("2d").putImageData(picture, 0, 0);
      let found;
      try {
        found = await call("frame", {net: state.net.name, rgba: picture.data, width, height}, [picture.data.buffer]);
        failures = 0;
      } catch (error) {
        if (++failures > 3) { say(`The camera's picture can't be read: ${error.message}`, true); break; }
        continue;
      }
      if (state.camera !== camera) break;
      const faces = found.faces.filter(f => f.probabilities.length === state.net.classes.length);
      Object.assign(state, {faces, face: 0, picture: {source: shown, width, height, scale: 1}});
      show();
      const now = performance.now();
      times.push(now);
      while (now - times[0] > 2000) times.shift();
      const rate = times.length > 1 ? 1000 * (times.length - 1) / (now - times[0]) : 0;
      root.dataset.rate = rate.toFixed(1);
      root.dataset.find = found.findTime.toFixed(0);
      root.dataset.read = found.readTime.toFixed(0);
      part("status").setAttribute("aria-live", "off"); // Nobody wants to hear it ten times a second.
      say(face() ? `${rate.toFixed(0)} pictures a second.` :
        "No face is seen: look at the camera, with light on your face.");
      await new Promise(requestAnimationFrame);
    }
    part("status").removeAttribute("aria-live");
  }

  const nextPicture = () => new Promise(resolve => setTimeout(resolve, 50));

  // --- start ---

  async function start() {
    build();
    const lacking = ["Worker", "WebAssembly", "DecompressionStream"].filter(name => !(name in window));
    if (lacking.length) return say(`This browser can't run the page: it lacks ${lacking.join(", ")}. Use a current ` +
      "Firefox, Chromium or Safari.", true);
    try {
      await load("nets.js");
      await load("parts.js");
    } catch (error) {
      return say(`${error.message} Build the report again, or write the page with experiments/export -web.`, true);
    }
    try {
      await startWorker();
    } catch (error) {
      return say(`This browser doesn't run the page's WebAssembly here (${error.message}). ${SERVER}`, true);
    }
    part("net").append(...ferlabLive.nets.map(net => element("option", {value: net.name}, net.name)));
    if (ferlabLive.nets.length < 2) part("net").parentElement.hidden = true;
    await changeNet();
    if (state.net) say("Ready: choose a photo, drop one, or use the camera.");
  }

  start();
})();
