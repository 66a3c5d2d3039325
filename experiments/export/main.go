// Export writes a run's net for other programs: its weights as safetensors, or the whole way from pixels to calibrated
// probabilities as ONNX; or the live page with this net, a folder that any host for static files can serve:
//
//	go run ./experiments/export -run cnn -out cnn.onnx
//	go run ./experiments/export -run runs/mine -out mine.safetensors
//	go run ./experiments/export -run runs/mine -web page
//
// The page needs the parts that `make setup` installs; with several runs it has a menu of them.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"path/filepath"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/export"
	"ferlab/fer/live"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("export", mainErr) }

func mainErr() error {
	names := flag.String("run", "cnn", "shipped run or run `folder`; for -web several, separated by commas")
	out := flag.String("out", "", "`file` to write: .onnx or .safetensors")
	float := flag.Bool("float", false, "ONNX: input of float32 instead of uint8, 0 … 255 all the same")
	licence := flag.String("licence", export.Licence, "the net's licence, an SPDX identifier, as the file says it")
	web := flag.String("web", "", "`folder` to write the live page into")
	parts := flag.String("parts", live.PartsFolder, "`folder` of the live page's parts")
	if err := cli.Parse(); err != nil {
		return err
	}
	runs, err := cli.Runs(*names)
	if err != nil {
		return err
	}
	if *web != "" {
		if *out != "" {
			return fmt.Errorf("-web and -out are two calls: leave one out")
		}
		if err := live.Write(*web, *parts, runs...); err != nil {
			return err
		}
		fmt.Printf("%s run=%s\n", filepath.Join(*web, "index.html"), *names)
		return nil
	}
	if len(runs) > 1 {
		return fmt.Errorf("-run %s names several runs: only -web takes them", *names)
	}
	r := runs[0]
	metadata := export.Metadata(r)
	metadata["license"] = *licence
	var data []byte
	switch filepath.Ext(*out) {
	case ".onnx":
		var file bytes.Buffer
		err = export.ONNX(&file, r, &export.Options{Float: *float, Metadata: metadata})
		data = file.Bytes()
	case ".safetensors":
		data, err = export.Safetensors(r, metadata)
	default:
		return fmt.Errorf("-out is %q, want a file that ends in .onnx or .safetensors", *out)
	}
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(*out, data); err != nil {
		return err
	}
	fmt.Printf("%s %d bytes run=%s\n", *out, len(data), r.Name)
	return nil
}
