// Package run trains nets and keeps what a training leaves: a folder that says everything about it.
//
//	config.json          the configuration, see [Config]
//	history.csv          loss and accuracy per epoch, see [Epoch]
//	predictions.csv      probabilities for every validation image
//	weights.safetensors  the final weights
//	run.json             provenance, see [Record]; written last, it marks the run complete
//	times.csv            wall-clock seconds per epoch, and those of them that steps waited for their batch and that
//	                     evaluation took
//	lock                 who trains or trained it; the kernel holds the lock itself
//	checkpoints/         GoMLX checkpoints: the two newest and the best epoch's, each with its checksums
//
// A file is replaced by renaming a complete one, so a training killed at any moment leaves each as it was or as it
// shall be, and resumes to the same bits. The record holds the SHA-256 of the others and of itself; what is damaged is
// an error with its remedy, never a result.
//
// Whatever shows a result opens a run; only [Train] writes one.
package run

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/model"
)

// Run is a complete training, opened for reading.
type Run struct {
	Name    string
	Config  Config
	Record  Record
	History []Epoch

	files     fs.FS
	net       model.Net
	precision model.Precision // Of what it predicts.
	weights   []byte          // Once they have been read by who needs them twice; else nil.
}

// Open opens the run in a folder.
func Open(dir string) (*Run, error) {
	if !exists(dir, configFile) {
		return nil, fmt.Errorf("%s is no run: it has no %s", dir, configFile)
	}
	if !exists(dir, recordFile) {
		return nil, fmt.Errorf("the run in %s is not complete: train it to the end with the same configuration", dir)
	}
	return OpenFS(os.DirFS(dir), filepath.Base(dir))
}

// OpenFS opens a run in a file system, such as an embedded one, under a name.
func OpenFS(files fs.FS, name string) (*Run, error) {
	r := &Run{Name: name, files: files}
	fail := func(file string, err error) (*Run, error) {
		return nil, fmt.Errorf("run %s, %s: %w", name, file, err)
	}
	data, err := readFile(files, recordFile)
	if err != nil {
		return fail(recordFile, err)
	}
	if err := unmarshal(data, &r.Record); err != nil {
		return fail(recordFile, err)
	}
	if err := r.Record.check(recordFile, data); err != nil {
		return fail(recordFile, err)
	}
	if data, err = r.read(configFile); err != nil {
		return nil, err
	}
	if err := r.Config.Read(bytes.NewReader(data)); err != nil {
		return fail(configFile, err)
	}
	if err := r.Config.Validate(); err != nil {
		return fail(configFile, err)
	}
	if data, err = r.read(historyFile); err != nil {
		return nil, err
	}
	if r.History, err = readHistory(bytes.NewReader(data)); err != nil {
		return fail(historyFile, err)
	}
	return r, nil
}

// read reads a file of the run and compares it with its checksum.
func (r *Run) read(name string) ([]byte, error) {
	data, err := readFile(r.files, name)
	if err == nil {
		err = r.Record.check(name, data)
	}
	if err != nil {
		return nil, fmt.Errorf("run %s, %s: %w", r.Name, name, err)
	}
	return data, nil
}

// Verify reads all files of the run and compares them with the checksums of its record. Reading one does so, too: what
// is damaged is an error then, never a result.
func (r *Run) Verify() error {
	for _, name := range []string{configFile, historyFile, predictionsFile, weightsFile} {
		if _, err := r.read(name); err != nil {
			return err
		}
	}
	return nil
}

// WithNet returns the run with the net that its weights belong to; needed only if its model is "custom".
func (r *Run) WithNet(net model.Net) *Run {
	with := *r
	with.net = net
	return &with
}

// WithPrecision returns the run with a net that predicts in a precision, which needn't be that of its training.
func (r *Run) WithPrecision(precision model.Precision) *Run {
	with := *r
	with.precision = precision
	return &with
}

// Net returns the run's net.
func (r *Run) Net() (model.Net, error) {
	net, err := r.Config.Config.Net(r.net)
	if err != nil {
		return nil, fmt.Errorf("run %s has a net of your own: give it with WithNet", r.Name)
	}
	return net, nil
}

// Predictions reads the run's probabilities for its validation split (see Record.Validation), at the net's own
// confidence.
func (r *Run) Predictions() (evaluate.Predictions, error) {
	data, err := r.read(predictionsFile)
	if err != nil {
		return nil, err
	}
	p, err := evaluate.ReadCSV(bytes.NewReader(data))
	if err == nil && len(p) > 0 && !p.Classes().Equal(r.Config.Classes) {
		err = fmt.Errorf("its classes are %s, and those of %s are %s", p.Classes(), configFile, r.Config.Classes)
	}
	if err != nil {
		return nil, fmt.Errorf("run %s, %s: %w", r.Name, predictionsFile, err)
	}
	return p, nil
}

// Store reads the run's weights into a new store, under the scope [model.Scope].
func (r *Run) Store() (*gomlx.Store, error) {
	data, err := r.Weights()
	if err != nil {
		return nil, err
	}
	store, err := model.DecodeWeights(data)
	if err != nil {
		return nil, fmt.Errorf("run %s, %s: %w", r.Name, weightsFile, err)
	}
	return store, nil
}

// Weights returns the run's weights as a safetensors file.
func (r *Run) Weights() ([]byte, error) {
	if r.weights != nil {
		return r.weights, nil
	}
	return r.read(weightsFile)
}

// Predictor compiles the run's net for inference with its weights.
func (r *Run) Predictor() (*model.Predictor, error) {
	net, err := r.Net()
	if err != nil {
		return nil, err
	}
	store, err := r.Store()
	if err != nil {
		return nil, err
	}
	return model.NewPredictor(net, store, r.precision)
}

// Predict runs the net over a data set, with probabilities at the run's calibrated temperature if it has one; with
// views, it averages them over these (see [dataset.TTA]).
func (r *Run) Predict(d *dataset.Dataset, views ...dataset.View) (evaluate.Predictions, error) {
	return r.predict(d, r.Temperature(), views...)
}

// PredictRaw is [Run.Predict] with the net's own confidence.
func (r *Run) PredictRaw(d *dataset.Dataset, views ...dataset.View) (evaluate.Predictions, error) {
	return r.predict(d, 1, views...)
}

func (r *Run) predict(d *dataset.Dataset, temperature float64, views ...dataset.View) (evaluate.Predictions, error) {
	if err := r.Fits(d); err != nil {
		return nil, err
	}
	p, err := r.Predictor()
	if err != nil {
		return nil, err
	}
	return predict(p, r.Config.Classes, d, temperature, views...)
}

// Fits returns an error if a data set's labels are of other classes than the run's net tells apart.
func (r *Run) Fits(d *dataset.Dataset) error {
	if r.Config.Classes.Equal(d.Classes) ||
		!slices.ContainsFunc(d.Examples, func(e fer.Example) bool { return e.Label.Valid() }) {
		return nil
	}
	hint := ""
	if r.Config.Votes.File != "" {
		hint = "; give the votes, too, which it has learned from"
	}
	return fmt.Errorf("run %s tells apart %s, but the labels of %s are %s: give data of the same classes%s", r.Name,
		r.Config.Classes, d.Name, d.Classes, hint)
}

// Temperature is what the run's logits are divided by for calibrated probabilities: 1 unless fitted.
func (r *Run) Temperature() float64 {
	if r.Record.Temperature > 0 {
		return r.Record.Temperature
	}
	return 1
}

// Caption says what a figure of this run shows: run, source, split with its size, and how the epoch was chosen.
func (r *Run) Caption() string {
	split := map[fer.Split]string{fer.Public: "PublicTest", fer.Validation: "validation (held out of train)",
		fer.Test: "test"}[r.Record.Validation]
	if split == "" || r.Config.Validation == string(fer.Validation) { // The source's own split.
		split = string(r.Record.Validation)
	}
	return fmt.Sprintf("run %s on %s, %s n=%d, %s, 1 seed", r.Name, r.Record.Source, split, r.Record.ValidationImages,
		r.Record.Selection)
}
