package run

import (
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"ferlab/fer"
	"ferlab/fer/backend"
)

// Record is a run's provenance, run.json.
type Record struct {
	Name   string `json:"name"`
	Source string `json:"source"` // Name of the source, without its folder.
	// Validation is the split that history and predictions are measured on, and ValidationImages its size.
	Validation       fer.Split `json:"validation"`
	ValidationImages int       `json:"validation_images"`
	TrainImages      int       `json:"train_images"`
	TrainHash        string    `json:"train_hash"` // SHA-256 of the training images, labels and ids.
	ValidationHash   string    `json:"validation_hash"`
	// Selection says how the epoch of the weights was chosen, in words.
	Selection     string `json:"selection"`
	SelectedEpoch int    `json:"selected_epoch"`
	// Accuracy and Loss are of the final weights on the validation split.
	Accuracy   float64 `json:"accuracy"`
	Loss       float64 `json:"loss"`
	Parameters int     `json:"parameters"`
	// Temperature is fitted on the validation predictions, which keep the net's own confidence; 0 if not fitted. It
	// scales what [Run.Predict] returns. Calibration measured on the same predictions after scaling is optimistic.
	Temperature float64 `json:"temperature,omitempty"`

	// To the millisecond: on a small data set several trainings start within a second.
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"` // Spent training, resumptions included.
	// Commit of the program's source; "+changes" if it had uncommitted ones, "" if unknown.
	Commit  string `json:"commit"`
	Backend string `json:"backend"` // It names a GPU's card.
	// Arithmetic is how a GPU computes, and whether the same seed gives the same bits again; see [backend.Arithmetic].
	Arithmetic string            `json:"arithmetic,omitempty"`
	Go         string            `json:"go"`
	Platform   string            `json:"platform"`
	CPUs       int               `json:"cpus"`
	Modules    map[string]string `json:"modules"` // Versions of the modules that decide the arithmetic.

	// Checksums are the SHA-256 of the run's files, and under run.json that of this record with this one checksum
	// empty. Nil in runs recorded before there were any: these are read unchecked.
	Checksums map[string]string `json:"sha256,omitempty"`
}

// provenance fills in what describes the program and the machine; it names no path of either.
func (r *Record) provenance() {
	r.Go, r.Platform, r.CPUs = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU()
	if b, err := backend.Get(); err == nil {
		r.Backend, r.Arithmetic = backend.Describe(b), backend.Arithmetic(b)
	}
	r.Modules = map[string]string{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	for _, m := range info.Deps {
		if strings.HasPrefix(m.Path, "github.com/gomlx/") {
			r.Modules[m.Path] = m.Version
		}
	}
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			r.Commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changes"
		}
	}
	if r.Commit != "" {
		r.Commit += changed
	}
}
