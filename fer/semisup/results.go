package semisup

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/fer/run"
)

// Name is the name of a training's folder: "fixmatch-25-1" for 25 labels of each class and the seed 1.
func (c Config) Name() string {
	labels := fmt.Sprint(c.LabelsPerClass)
	if c.LabelsPerClass == 0 {
		labels = fmt.Sprintf("%gpc", 100*c.LabelFraction)
	}
	return fmt.Sprintf("%s-%s-%d", c.Algorithm, labels, c.Train.Seed)
}

// Result is the outcome of a complete run.
type Result struct {
	// Source is the data set's name and, if votes took the place of its labels, these: "fer2013.zip, majority of
	// ferplus.csv".
	Source    string
	Split     fer.Split // Accuracy is measured on it; Images is the number of its images.
	Images    int
	Algorithm string
	Labels    int // Labels of each class; on average, if a fraction kept theirs.
	Seed      uint64
	Steps     int
	Accuracy  float64 // After the last step, chosen by nothing.
	// MaskRate and PseudoAccuracy are the last epoch's, NaN where the algorithm has none; see [Epoch].
	MaskRate, PseudoAccuracy float64
	Seconds                  float64 // Spent training.
	Commit                   string  // The commit of the program's source.
}

// Results reads the complete runs in the sub-folders of a folder, in the order of their names; what isn't complete is
// left out.
func Results(dir string) ([]Result, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*", configFile))
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, path := range paths {
		folder := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(folder, "run.json")); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		r, err := result(folder)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return nil, fmt.Errorf("%s holds no complete run of semi-supervised training", dir)
	}
	return results, nil
}

func result(dir string) (Result, error) {
	c, err := readConfig(filepath.Join(dir, configFile))
	if err != nil {
		return Result{}, err
	}
	r, err := run.Open(dir)
	if err != nil {
		return Result{}, err
	}
	history, err := History(dir)
	if err != nil {
		return Result{}, err
	}
	labels := c.LabelsPerClass
	if labels == 0 {
		labels = int(math.Round(c.LabelFraction * float64(r.Record.TrainImages) / float64(r.Config.Classes.Len())))
	}
	if len(history) == 0 {
		return Result{}, fmt.Errorf("%s: the complete run's history of unlabelled images has no epoch; train it again",
			dir)
	}
	last := history[len(history)-1]
	source := r.Record.Source
	if v := r.Config.Votes; v.File != "" {
		file, _, _ := strings.Cut(v.File, "@") // Its checksum follows.
		source += fmt.Sprintf(", %s of %s", v.Rule, file)
	}
	return Result{
		Source: source, Split: r.Record.Validation, Images: r.Record.ValidationImages,
		Algorithm: c.Algorithm, Labels: labels, Seed: r.Config.Seed, Steps: r.Config.Epochs * c.StepsPerEpoch,
		Accuracy: r.Record.Accuracy, MaskRate: last.MaskRate, PseudoAccuracy: last.PseudoAccuracy,
		Seconds: r.Record.Seconds, Commit: r.Record.Commit,
	}, nil
}

//go:embed results
var recorded embed.FS

// Recorded returns the results of recorded runs, "ferplus" on FER+'s majority or "fer2013" on FER2013's labels.
// docs/few-labels.md has the commands that made them.
func Recorded(name string) ([]Result, error) {
	f, err := recorded.Open("results/" + name + ".csv")
	if err != nil {
		return nil, fmt.Errorf("no recorded results %q, want ferplus or fer2013", name)
	}
	defer f.Close()
	return ReadCSV(f)
}

var resultHeader = []string{"source", "split", "images", "algorithm", "labels_per_class", "seed", "steps", "accuracy",
	"mask_rate", "pseudo_accuracy", "seconds", "commit"}

// WriteCSV writes results, one a row.
func WriteCSV(w io.Writer, results []Result) error {
	c := csv.NewWriter(w)
	c.Write(resultHeader)
	for _, r := range results {
		c.Write([]string{
			r.Source, string(r.Split), strconv.Itoa(r.Images), r.Algorithm, strconv.Itoa(r.Labels),
			strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Steps), format(r.Accuracy), format(r.MaskRate),
			format(r.PseudoAccuracy), format(r.Seconds), r.Commit,
		})
	}
	c.Flush()
	return c.Error()
}

// ReadCSV reads what [WriteCSV] wrote. Its errors name the row.
func ReadCSV(r io.Reader) ([]Result, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = len(resultHeader)
	rows, err := c.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("results: the file is empty, without its header")
	}
	var results []Result
	for i, row := range rows[1:] {
		r := Result{Source: row[0], Split: fer.Split(row[1]), Algorithm: row[3], Commit: row[11]}
		var errs []error
		read := func(err error) { errs = append(errs, err) }
		var err error
		r.Images, err = strconv.Atoi(row[2])
		read(err)
		r.Labels, err = strconv.Atoi(row[4])
		read(err)
		r.Seed, err = strconv.ParseUint(row[5], 10, 64)
		read(err)
		r.Steps, err = strconv.Atoi(row[6])
		read(err)
		for k, v := range []*float64{&r.Accuracy, &r.MaskRate, &r.PseudoAccuracy, &r.Seconds} {
			if row[7+k] == "" {
				*v = math.NaN()
				continue
			}
			*v, err = strconv.ParseFloat(row[7+k], 64)
			read(err)
		}
		if err := errors.Join(errs...); err != nil {
			return nil, fmt.Errorf("results, row %d: %w", i+1, err)
		}
		results = append(results, r)
	}
	return results, nil
}
