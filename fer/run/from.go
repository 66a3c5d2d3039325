package run

import (
	"fmt"

	"ferlab/fer/model"
	"ferlab/internal/check"
)

// From says which run's weights a training starts with: a longer training in stages, or fine-tuning. The zero value is
// none: the weights begin at random.
type From struct {
	// Run is the folder of a complete run, or its name if [Options].Find knows it. A record keeps the last element and
	// the SHA-256 of its weights, "best@1f0e…": other weights are another configuration.
	Run string `json:"run"`
	// NewHead leaves out the last layer, which begins at random. A run with other classes is an error without it.
	NewHead bool `json:"new_head"`
	// HeadEpochs is in how many of the first epochs only the last layer learns, so that a new one doesn't spoil the
	// others while it knows nothing.
	HeadEpochs int `json:"head_epochs"`
}

// Validate adds the fields with impossible values.
func (c From) Validate(f check.Fields) {
	f.That(c.Run != "" || !c.NewHead, "new_head", c.NewHead, "false if there is no run to start from")
	f.That(c.HeadEpochs >= 0 && (c.Run != "" || c.HeadEpochs == 0), "head_epochs", c.HeadEpochs,
		"0 or more, and 0 if there is no run to start from")
}

// identified opens a run that a configuration names, and returns what a record keeps of it.
func (o *Options) identified(what, name string) (r *Run, recorded string, err error) {
	find := o.Find
	if find == nil {
		find = Open
	}
	if r, err = find(name); err != nil {
		return nil, "", fmt.Errorf("%s: %w", what, err)
	}
	read := *r
	if read.weights, err = r.Weights(); err != nil {
		return nil, "", fmt.Errorf("%s: %w", what, err)
	}
	return &read, r.Name + "@" + sum(read.weights), nil
}

// start puts the weights of the run to start from into the job's empty store.
func (j *Job) start() error {
	if j.from == nil {
		return nil
	}
	store, err := j.from.Store()
	if err != nil {
		return err
	}
	var without []string
	if was := j.from.Config.Classes; !was.Equal(j.Config.Classes) && !j.Config.From.NewHead {
		return fmt.Errorf("starting from run %s: it tells apart %s, and the data are of %s: set from.new_head to true "+
			"to take all but its last layer", j.from.Name, was, j.Config.Classes)
	}
	if j.Config.From.NewHead {
		head, err := model.LastLayer(j.Net)
		if err != nil {
			return err
		}
		without = append(without, head)
		j.options.warn(fmt.Sprintf("starting from run %s, but for its last layer %s, which begins at random for %s",
			j.from.Name, head, j.Config.Classes))
	}
	if err := model.CopyWeights(j.Store, store, j.Net, without...); err != nil {
		return fmt.Errorf("starting from run %s: %w", j.from.Name, err)
	}
	return nil
}
