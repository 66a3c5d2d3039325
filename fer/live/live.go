// Package live writes the live page: in a browser it finds the faces of a photo or a camera, and shows what a net says
// of them and where it looks. Nothing leaves the computer: the page asks no host for anything, and works when its
// index.html is opened as a file.
//
// The page is made of well-kept parts (see [Parts]): ONNX Runtime Web runs the nets, as package ferlab/fer/export
// writes them; package ferlab/fer/photo, compiled to WebAssembly, finds and crops the faces. So the page sees what the
// programs see, and says what they say.
package live

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"image/color"
	"os"
	"path/filepath"

	"ferlab/fer/export"
	"ferlab/fer/figure"
	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
)

//go:embed page
var page embed.FS

// PartsFolder is where `make setup` puts the parts, from the repository's root.
const PartsFolder = ".ferlab/live"

// Parts are the files that the page is made of beside its own, in one folder, as `make setup` installs them.
var Parts = []string{
	"ort.wasm.min.js",             // ONNX Runtime Web,
	"ort-wasm-simd-threaded.mjs",  // the code that starts its WebAssembly,
	"ort-wasm-simd-threaded.wasm", // and that.
	"wasm_exec.js",                // Go's, which starts Go's WebAssembly.
	"ferlab.wasm",                 // Package ferlab/fer/live/browser.
	"LICENCES.txt",                // The parts' licences.
}

// net is what the page knows of a net before it loads it.
type net struct {
	Name    string   `json:"name"`
	About   string   `json:"about"` // A sentence.
	Classes []string `json:"classes"`
	Colors  []string `json:"colors"` // The classes' colours, #rrggbb.
	Bytes   int      `json:"bytes"`  // The size of the script that holds the net.
}

// Write writes the page with the nets of some runs into a folder, which it makes; the page starts with the first net.
// The parts lie in a folder of their own. A host for static files can serve the folder as it is.
func Write(dir, parts string, runs ...*run.Run) error {
	if len(runs) == 0 {
		return fmt.Errorf("the live page needs a net")
	}
	files := map[string][]byte{}
	for _, name := range []string{"index.html", "live.css", "live.js"} {
		data, err := page.ReadFile("page/" + name)
		if err != nil {
			return err
		}
		files[name] = data
	}
	if err := addParts(files, parts); err != nil {
		return err
	}
	var nets []net
	for _, r := range runs {
		n, script, err := exported(r)
		if err != nil {
			return err
		}
		name := "net-" + r.Name + ".js"
		if files[name] != nil {
			return fmt.Errorf("two runs are called %s: the page tells nets apart by their names", r.Name)
		}
		files[name] = script
		nets = append(nets, n)
	}
	list, err := json.MarshalIndent(nets, "", "  ")
	if err != nil {
		return err
	}
	files["nets.js"] = fmt.Appendf(nil, "ferlabLive.nets = %s;\n", list)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := atomicfile.WriteBytes(filepath.Join(dir, name), data); err != nil {
			return err
		}
	}
	return nil
}

// addParts packs the parts: the worker's own script is one with those that start the two WebAssemblies.
func addParts(files map[string][]byte, folder string) error {
	data := map[string][]byte{}
	for _, name := range Parts {
		part, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("the live page lacks a part (run make setup): %w", err)
		}
		data[name] = part
	}
	worker, err := page.ReadFile("page/worker.js")
	if err != nil {
		return err
	}
	var script bytes.Buffer
	for _, asset := range []struct {
		name string
		data []byte
	}{
		{"worker.js", bytes.Join([][]byte{data["wasm_exec.js"], data["ort.wasm.min.js"], worker}, []byte("\n;\n"))},
		{"ort.mjs", data["ort-wasm-simd-threaded.mjs"]},
		{"ort.wasm", data["ort-wasm-simd-threaded.wasm"]},
		{"ferlab.wasm", data["ferlab.wasm"]},
	} {
		if err := pack(&script, asset.name, asset.data); err != nil {
			return err
		}
	}
	files["parts.js"], files["LICENCES.txt"] = script.Bytes(), data["LICENCES.txt"]
	return nil
}

// exported returns a run's net as a script, and what the page knows of it.
func exported(r *run.Run) (net, []byte, error) {
	var model, script bytes.Buffer
	if err := export.ONNX(&model, r, &export.Options{Maps: true}); err != nil {
		return net{}, nil, err
	}
	if err := pack(&script, r.Name, model.Bytes()); err != nil {
		return net{}, nil, err
	}
	n := net{
		Name: r.Name,
		About: fmt.Sprintf("%s, %s parameters, %.1f %% right: %s", r.Config.Model, figure.Count(r.Record.Parameters),
			100*r.Record.Accuracy, r.Caption()),
		Classes: r.Config.Classes.Names(),
		Bytes:   script.Len(),
	}
	for _, class := range r.Config.Classes.All() {
		n.Colors = append(n.Colors, hex(figure.ClassColor(r.Config.Classes, class)))
	}
	return n, script.Bytes(), nil
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
