// Export writes a run's net for other programs: its weights as safetensors, or the whole way from pixels to calibrated
// probabilities as ONNX:
//
//	go run ./experiments/export -run cnn -out cnn.onnx
//	go run ./experiments/export -run runs/mine -out mine.safetensors
package main

import (
	"bytes"
	"flag"
	"fmt"
	"path/filepath"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/export"
	"ferlab/fer/pretrained"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("export", mainErr) }

func mainErr() error {
	name := flag.String("run", "cnn", "shipped run or run `folder`")
	out := flag.String("out", "", "`file` to write: .onnx or .safetensors")
	float := flag.Bool("float", false, "ONNX: input of float32 instead of uint8, 0 … 255 all the same")
	if err := cli.Parse(); err != nil {
		return err
	}
	r, err := pretrained.Find(*name)
	if err != nil {
		return err
	}
	var data []byte
	switch filepath.Ext(*out) {
	case ".onnx":
		var file bytes.Buffer
		err = export.ONNX(&file, r, &export.Options{Float: *float, Metadata: map[string]string{
			"run": r.Name, "source": r.Record.Source, "accuracy": fmt.Sprintf("%.4f on %s, n=%d", r.Record.Accuracy,
				r.Record.Validation, r.Record.ValidationImages),
		}})
		data = file.Bytes()
	case ".safetensors":
		data, err = r.Weights()
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
