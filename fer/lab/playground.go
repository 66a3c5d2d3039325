package lab

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

// TrainNet trains a net of the reader's own on the source of the notebooks with [Config], changed by settings such as
// "epochs=8" (see [run.Config.Set]), or opens the run if the very same net has been trained with the very same settings
// before. A net or setting that has changed in anything is another run, so that a cell which is changed and run again
// shows what it says.
func TrainNet(name string, net model.Net, settings ...string) (*run.Run, error) {
	config := Config("custom")
	for _, s := range settings {
		if err := config.Set(s); err != nil {
			return nil, err
		}
	}
	fingerprint, err := model.Fingerprint(net)
	if err != nil {
		return nil, fmt.Errorf("net %s: %w", name, err)
	}
	asked, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(Folder("nets"), fmt.Sprintf("%s-%x", fingerprint, sha256.Sum256(asked))[:20], name)
	return run.Train(context.Background(), folder, config, &run.Options{Net: net, Observer: results.Watch(name)})
}

// OnSource compares runs on the current source, whatever they were trained on, see [results.OnData].
func OnSource(runs ...*run.Run) (figure.Table, error) {
	data, err := Data()
	if err != nil {
		return figure.Table{}, err
	}
	return results.OnData(data, runs...)
}
