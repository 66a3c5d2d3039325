package lab

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/semisup"
)

// TrainNet is [TrainWith] of a net of the reader's own.
func TrainNet(name string, net model.Net, settings ...string) (*run.Run, error) {
	return TrainWith(name, &run.Options{Net: net}, settings...)
}

// TrainWith trains with pieces of the reader's own, such as a net, a loss or an optimizer, on the source of the
// notebooks with [Config], changed by settings such as "epochs=8" (see [run.Config.Set]). The net is the CNN if none is
// given. If the very same pieces have been trained with the very same settings before, it opens that run. A piece or
// setting that has changed in anything is another run, so that a cell which is changed and run again shows what it
// says.
func TrainWith(name string, pieces *run.Options, settings ...string) (*run.Run, error) {
	config := Config("cnn")
	if pieces.Net != nil {
		config.Model = model.Custom
	}
	if pieces.Optimizer != nil {
		config.Optimizer = model.Custom
	}
	if pieces.Augment != nil {
		config.Augment = dataset.Augment{}
	}
	for _, s := range settings {
		if err := config.Set(s); err != nil {
			return nil, err
		}
	}
	options := *pieces
	options.Find = pretrained.Find
	recorded, err := config.Recorded(&options)
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(recorded)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(Folder("nets"), fmt.Sprintf("%x", sha256.Sum256(asked))[:20], name)
	options.Observer = results.Watch(name)
	return run.Train(context.Background(), folder, config, &options)
}

// TrainFewLabels trains the notebook's net with an algorithm of the reader's own, or one of [semisup.Algorithms], on
// drawn faces of which so many of each class have a label, or opens that run if it has been trained before.
func TrainFewLabels(a semisup.Algorithm, labels int) (*run.Run, error) {
	c := FewLabelsConfig(a.Name, labels)
	c.Weight, c.Threshold = a.Weight, a.Threshold
	o := &semisup.Options{Algorithm: &a, Options: run.Options{
		Data: ClearFaces(), Observer: results.Watch(a.Name), Warn: func(string) {}}}
	fingerprint, err := semisup.Fingerprint(c, a)
	if err != nil {
		return nil, err
	}
	return semisup.Train(context.Background(), filepath.Join(fewLabelsFolder()+"-own", fingerprint, a.Name), c, o)
}

// OnSource compares runs on the current source, whatever they were trained on, see [results.OnData].
func OnSource(runs ...*run.Run) (figure.Table, error) {
	data, err := Data()
	if err != nil {
		return figure.Table{}, err
	}
	return results.OnData(data, runs...)
}
