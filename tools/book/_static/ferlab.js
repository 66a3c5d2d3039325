// The report's reader may play with a threshold, the faces behind a cell of a confusion matrix, and a guess against the
// net. Each begins with a figure that stays where this script doesn't run. Nothing is loaded.
"use strict";

(() => {
  const make = (tag, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const picture = (png, alt) => make("img", { src: "data:image/png;base64," + png, alt, className: "dark-light" });

  // A slider over maps that were computed before: faces, each with its map, above a share of its largest value.
  const threshold = (place, items) => {
    const size = 48;
    const faces = items.map((item) => ({ ...item, face: bytes(item.face), map: bytes(item.map),
      canvas: make("canvas", { width: size, height: size }) }));
    const paint = (percent) => {
      for (const { face, map, canvas } of faces) {
        const context = canvas.getContext("2d"), image = context.createImageData(size, size);
        for (let i = 0; i < size * size; i++) {
          const strength = map[i] / 255, alpha = strength >= percent / 100 && strength > 0 ? 0.3 + 0.5 * strength : 0;
          const over = [255, 224 - 198 * strength, 77 - 49 * strength]; // Yellow to red.
          for (let c = 0; c < 3; c++) image.data[4 * i + c] = alpha * over[c] + (1 - alpha) * face[i];
          image.data[4 * i + 3] = 255;
        }
        context.putImageData(image, 0, 0);
      }
    };
    const slider = make("input", { type: "range", min: 0, max: 100, value: 30 });
    const shown = make("output", { textContent: "30 %" });
    slider.addEventListener("input", () => {
      shown.textContent = slider.value + " %";
      paint(slider.value);
    });
    place.append(
      make("div", { className: "fl-controls" }, make("label", {}, "show what reaches ", slider), shown,
        " of a map's largest value"),
      make("div", { className: "fl-stage" }, ...faces.map((f) => {
        f.canvas.setAttribute("role", "img");
        f.canvas.setAttribute("aria-label", `${f.name}, explained for ${f.says}`);
        return make("div", {}, f.canvas, f.name, make("br"), "net: " + f.says);
      })));
    paint(30);
  };

  // A confusion matrix whose cells open some of their faces.
  const confusion = (place, { classes, cells }) => {
    const stage = make("div", { className: "fl-stage" });
    stage.setAttribute("aria-live", "polite");
    const table = make("table", { className: "fl-matrix" });
    const head = make("tr", {}, make("th", { textContent: "label \\ net" }));
    for (const name of classes) head.append(make("th", { textContent: name }));
    table.append(head);
    let open = null;
    cells.forEach((row, i) => {
      const line = make("tr", {}, make("th", { textContent: classes[i] }));
      const sum = row.reduce((n, cell) => n + cell.count, 0);
      row.forEach((cell, j) => {
        const at = make("td");
        if (cell.count) {
          const button = make("button", { type: "button", textContent: cell.count });
          button.style.setProperty("--share", (0.8 * cell.count) / sum);
          button.setAttribute("aria-label", `${cell.count} faces labelled ${classes[i]}, called ${classes[j]}`);
          const show = () => {
            open?.setAttribute("aria-pressed", "false");
            open = button;
            button.setAttribute("aria-pressed", "true");
            stage.replaceChildren(...cell.faces.map((f) => make("div", {}, picture(f.png, `a face labelled ${f.label}`),
              `label: ${f.label}`, make("br"), `net: ${f.says}`)));
          };
          button.addEventListener("click", show);
          if (!open && i !== j) show();
          at.append(button);
        }
        line.append(at);
      });
      table.append(line);
    });
    place.append(make("div", { className: "fl-controls", textContent: "Choose a cell to see faces of it." }),
      make("div", { className: "fl-table" }, table), stage);
  };

  // The reader guesses, then the label and the net's answer show.
  const guess = (place, { classes, faces, net }) => {
    const order = faces.map((_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    let at = 0, mine = 0, its = 0;
    const face = make("div"), said = make("p"), score = make("p");
    said.setAttribute("aria-live", "polite");
    const next = make("button", { type: "button", textContent: "next face", hidden: true });
    const choices = make("div", { className: "fl-choices" });
    const buttons = classes.map((name) => make("button", { type: "button", textContent: name }));
    const ask = () => {
      face.replaceChildren(picture(faces[order[at % faces.length]].png, "a face to guess"));
      said.textContent = "Which emotion is it?";
      buttons.forEach((b) => (b.disabled = false));
      next.hidden = true;
    };
    buttons.forEach((button) => button.addEventListener("click", () => {
      const f = faces[order[at % faces.length]];
      at++;
      if (button.textContent === f.label) mine++;
      if (f.says.split(",")[0] === f.label) its++;
      said.textContent = `The label is ${f.label}. You said ${button.textContent}, ${net} says ${f.says}.`;
      score.textContent = `You: ${mine} of ${at}. ${net}: ${its} of ${at}.`;
      buttons.forEach((b) => (b.disabled = true));
      next.hidden = false;
    }));
    next.addEventListener("click", ask);
    choices.append(...buttons, next);
    face.style.flex = "0 0 192px";
    place.append(make("div", { className: "fl-guess" }, face, make("div", {}, said, choices, score)));
    ask();
  };

  const plays = { threshold, confusion, guess };
  const start = () => {
    for (const play of document.querySelectorAll(".fl-play")) {
      const begin = plays[play.dataset.kind], script = play.querySelector("script[type='application/json']");
      if (!begin || !script) continue;
      const place = make("div");
      begin(place, JSON.parse(script.textContent));
      const still = make("details", {}, make("summary", { textContent: "the same as a still figure" }));
      still.append(...play.querySelectorAll(":scope > .fl-scroll"));
      play.append(place, still);
    }
  };
  // The documentation's tables say where they go on beyond the window; those of the notebooks come with it.
  const hint = () => {
    for (const table of document.querySelectorAll(".pst-scrollable-table-container"))
      table.classList.toggle("fl-wide", table.scrollWidth > table.clientWidth + 1);
  };
  addEventListener("load", hint);
  addEventListener("resize", hint);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
