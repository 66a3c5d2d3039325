package lab

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"ferlab/fer/album"
	"ferlab/fer/dataset"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// Album finds, crops and divides the faces of a folder of photos by class as experiments/train does, unless that has
// been done before: see [album.Make]. They lie in runs/notebooks/own.
func Album(photos string) (*album.Album, error) {
	c := run.Quick()
	return album.Make(photos, ownFolder(filepath.Base(photos)+"-faces"), &album.Options{
		Fraction: c.HoldoutFraction, Seed: c.Seed, Progress: show.Counter("looking for faces"),
	})
}

// FineTune teaches a shipped run or a run's folder the classes of an [Album], with [run.FineTune] changed by settings
// such as "epochs=8": in a terminal, experiments/train -from best -source photos. The last layer begins anew if the
// classes are others than the run's. If the same has been trained before, it opens that run.
func FineTune(from, photos string, settings ...string) (*run.Run, error) {
	a, err := Album(photos)
	if err != nil {
		return nil, err
	}
	data, err := dataset.Open(a.Source, nil)
	if err != nil {
		return nil, err
	}
	started, err := pretrained.Find(from)
	if err != nil {
		return nil, err
	}
	config := run.FineTune(started.Config)
	config.Source, config.From.Run = a.Source, from
	config.From.NewHead = !started.Config.Classes.Equal(data.Classes)
	if Small() {
		config.Epochs, config.From.HeadEpochs = 2, 1
	}
	for _, s := range settings {
		if err := config.Set(s); err != nil {
			return nil, err
		}
	}
	options := &run.Options{Data: data, Find: pretrained.Find, Observer: results.Watch("mine")}
	recorded, err := config.Recorded(options)
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(recorded)
	if err != nil {
		return nil, err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(append(asked, data.Hash()...)))
	return run.Train(context.Background(), ownFolder(filepath.Join(sum[:20], "mine")), config, options)
}

// ownFolder is a folder of what the notebook of one's own faces makes.
func ownFolder(name string) string {
	return filepath.Join(root(), "runs", "notebooks", "own", name)
}
