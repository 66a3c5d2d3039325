package run

import (
	"encoding/json"
	"io"
	"path/filepath"
	"time"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/internal/atomicfile"
)

// Job is a run folder that is open for a training with a loop of its own, such as those of package ferlab/fer/semisup: it reads
// the data, saves checkpoints and writes the finished run as [Train] does.
type Job struct {
	Dir    string
	Config Config
	Net    model.Net
	// Train and Validation are the examples to train on and to measure the history on.
	Train, Validation *dataset.Dataset
	// Complete says that the folder holds this very run, done: open it with Open. There are no examples then.
	Complete bool

	started  time.Time
	teachers []*Run
	devices  int
	lock     *folderLock
	warn     func(string)
}

// Close lets other trainings into the folder; the end of the process does so, too.
func (j *Job) Close() { j.lock.release() }

// Begin opens a folder for a training, with the checks and rules of [Train]. The folder is locked until Close.
func Begin(dir string, config Config, options *Options) (*Job, error) {
	if options == nil {
		options = &Options{}
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	net, err := config.Net(options.Net)
	if err != nil {
		return nil, err
	}
	teachers, err := config.Distill.open()
	if err != nil {
		return nil, err
	}
	kept, err := config.kept(options)
	if err != nil {
		return nil, err
	}
	j := &Job{Dir: dir, Config: kept, Net: net, started: time.Now(), teachers: teachers, devices: options.Devices, warn: options.warn}
	if complete, err := holds(dir, kept); err == nil && complete && !options.Replace {
		j.Complete = true // That needs no data, no lock, nor a folder that can be written.
		return j, nil
	}
	data, err := config.open(options)
	if err != nil {
		return nil, err
	}
	if j.lock, err = prepare(dir, kept, options); err != nil {
		return nil, err
	}
	if j.Complete = j.lock == nil; j.Complete {
		return j, nil
	}
	if j.Train, j.Validation, err = kept.split(data); err != nil {
		j.Close()
		return nil, err
	}
	return j, nil
}

// Save writes a checkpoint of a store, of the history and of whatever else JSON holds of the training's state.
func (j *Job) Save(store *gomlx.Store, step int, history []Epoch, extra any) error {
	data, err := json.Marshal(extra)
	if err != nil {
		return err
	}
	s := state{Config: &j.Config, Data: j.Train.Hash(), Epoch: len(history), Step: step, History: history, Extra: data}
	if err := saveCheckpoint(j.Dir, store, s); err != nil {
		return err
	}
	return j.writeHistory(history)
}

func (j *Job) writeHistory(history []Epoch) error {
	return atomicfile.Write(filepath.Join(j.Dir, historyFile), func(w io.Writer) error { return writeHistory(w, history) })
}

// Evaluator returns an evaluator of the job's net with its weights in the store.
func (j *Job) Evaluator(store *gomlx.Store) (*Evaluator, error) {
	return newEvaluator(j.Config, j.Net, store)
}

// Open opens the complete run.
func (j *Job) Open() (*Run, error) {
	r, err := Open(j.Dir)
	if err != nil {
		return nil, err
	}
	return r.WithNet(j.Net), nil
}

// Load reads the newest checkpoint into the store and extra, and returns its step and history; both are zero if there is none.
func (j *Job) Load(store *gomlx.Store, extra any) (step int, history []Epoch, err error) {
	s, ok, err := resume(j.Dir, j.Config, j.Train.Hash(), store, j.warn)
	if err != nil || !ok {
		return 0, nil, err
	}
	return s.Step, s.History, json.Unmarshal(s.Extra, extra)
}

// Time adds an epoch's wall-clock time to the run's, and any parts of it that are kept beside it.
func (j *Job) Time(epoch int, spent time.Duration, parts ...time.Duration) error {
	return appendTime(filepath.Join(j.Dir, timesFile), epoch, append([]time.Duration{spent}, parts...))
}

// Finish writes what a complete training leaves, with the weights that the store holds: their moving averages, under
// [model.AverageScope], if the configuration has an EMA.
func (j *Job) Finish(store *gomlx.Store, history []Epoch) error {
	return j.finish(store, state{Data: j.Train.Hash(), History: history})
}
