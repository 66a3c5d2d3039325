package run_test

import (
	"testing"

	"ferlab/fer/dataset"
	"ferlab/fer/run"
)

// A complete run is opened without its source being read, which may be long, or gone.
func TestCompleteRunNeedsNoSource(t *testing.T) {
	config := tiny()
	data, err := dataset.Open(config.Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	data.Name = "faces.csv"
	dir := t.TempDir()
	trained := train(t, dir, config, &run.Options{Data: data})
	config.Source = "nowhere/faces.csv"
	if opened := train(t, dir, config, nil); opened.Record.TrainHash != trained.Record.TrainHash {
		t.Error("another run")
	}
	config.Source = "nowhere/other.csv"
	if _, err := run.Train(t.Context(), dir, config, nil); err == nil {
		t.Error("a run on another source was opened")
	}
}
