package results

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Recipe sets the training of runs against the original report's, which is the preset of that name.
func Recipe(runs ...*run.Run) figure.Table {
	t := figure.Table{Caption: "How the original report trained its nets, and how these were trained",
		Header: []string{"", "original report"}, Rows: recipe(run.Original(), run.Original().Epochs, "not told")}
	for _, r := range runs {
		t.Header = append(t.Header, Name(r))
		for i, row := range recipe(r.Config, len(r.History), minutesOf(r.Record)) {
			t.Rows[i] = append(t.Rows[i], row[1])
		}
	}
	t.Rows = slices.DeleteFunc(t.Rows, func(row []string) bool { // What none of them has.
		return !slices.ContainsFunc(row[1:], func(s string) bool { return s != "–" })
	})
	return t
}

// recipe lists a training's settings, each with its name.
func recipe(c run.Config, epochs int, minutes string) [][]string {
	optimizers := map[string]string{"nesterov": "SGD, Nesterov momentum", "adamw": "AdamW", "sgd": "SGD"}
	optimizer, ok := optimizers[c.Optimizer]
	if !ok {
		optimizer = c.Optimizer
	}
	rate := fmt.Sprintf("%v", c.LearningRate)
	if c.LearningRate < 1e-4 {
		rate = fmt.Sprintf("%.5f", c.LearningRate)
	}
	if c.Schedule == "constant" {
		rate += ", constant"
	} else {
		rate = fmt.Sprintf("up to %s, then down to %.3g", rate, c.LearningRate*c.RateFloor)
	}
	teachers := "–"
	if len(c.Distill.Teachers) > 0 {
		var of []string
		for _, name := range c.Distill.Teachers {
			of = append(of, named(withoutSum(name)))
		}
		teachers = list(of)
	}
	from := "–"
	if c.From.Run != "" {
		from = named(withoutSum(c.From.Run))
	}
	return [][]string{
		{"starts from", from},
		{"optimizer", optimizer},
		{"learning rate", rate},
		{"epochs", figure.Count(epochs)},
		{"dropout", orNone(dropout(c))},
		{"weight decay", orNone(c.WeightDecay)},
		{"label smoothing", orNone(c.LabelSmoothing)},
		{"mean of the weights", orNone(c.EMA)},
		{"teachers", teachers},
		{"images", changesOf(c)},
		{"minutes", minutes},
	}
}

// minutesOf says how long a training took, on what.
func minutesOf(r run.Record) string {
	on := fmt.Sprintf("%d cores", r.CPUs)
	if r.Arithmetic != "" { // A GPU's, see run.Record.
		on = "a GPU"
	}
	return fmt.Sprintf("%.0f on %s", r.Seconds/60, on)
}

func orNone(v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprint(v)
}

// dropout is the rate of the net that the configuration names.
func dropout(c run.Config) float64 {
	switch c.Model {
	case "cnn":
		return c.CNN.Dropout
	case "dnn":
		return c.DNN.Dropout
	case "resnet":
		return c.ResNet.Dropout
	}
	return 0
}

// changesOf says how each epoch changes the training images.
func changesOf(c run.Config) string {
	a := c.Augment
	var changes []string
	add := func(on bool, format string, args ...any) {
		if on {
			changes = append(changes, fmt.Sprintf(format, args...))
		}
	}
	add(a.Shift > 0, "moved by up to %v pixels", a.Shift)
	add(a.Flip, "mirrored")
	add(a.Rotate > 0, "turned by up to %v°", a.Rotate)
	add(a.Scale > 0, "scaled by up to %.0f %%", 100*a.Scale)
	add(a.Brightness > 0 || a.Contrast > 0, "in another light")
	add(a.Erase > 0, "partly erased")
	if len(changes) == 0 {
		return "as they are"
	}
	return strings.Join(changes, ", ")
}

// Steps compares runs that each change one thing of the first: what, the accuracy with Wilson's 95 % interval, and how
// much more that is. The runs need no predictions; without them an interval of the difference takes the images of two
// runs for different ones, and is too wide rather than too narrow.
func Steps(base *run.Run, runs ...*run.Run) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("One change at a time of the %s; accuracy on %s, after the last epoch, one seed; 95 %% "+
			"intervals. The first row is without any: dropout %v, %d epochs, learning rate %v",
			named(base.Config.Model), images(base), dropout(base.Config), len(base.History), base.Config.LearningRate),
		Header: []string{"changed", "accuracy, %", "gain, points"},
	}
	row := func(what string, r *run.Run, gain string) {
		a := wilson(r)
		t.Rows = append(t.Rows, []string{what, percent(a), gain})
	}
	row("nothing", base, "–")
	for _, r := range runs {
		row(inPlainWords.Replace(strings.Join(run.Diff(base.Config, r.Config), ", ")), r, gainOver(base, r))
	}
	return t
}

// inPlainWords turns settings into words.
var inPlainWords = strings.NewReplacer("cnn.", "", "dnn.", "", "ema=", "mean of the weights, ", "learning_rate=",
	"learning rate ", "dropout=", "dropout ", "mixup=", "mixup ", "epochs=", "epochs ")

// wilson returns a run's recorded accuracy with its interval.
func wilson(r *run.Run) evaluate.Interval {
	n := r.Record.ValidationImages
	return evaluate.Wilson(int(r.Record.Accuracy*float64(n)+0.5), n)
}

// gainOver returns how much more accurate a run is than the base, with an interval for independent images.
func gainOver(base, r *run.Run) string {
	a, b := base.Record.Accuracy, r.Record.Accuracy
	n := float64(base.Record.ValidationImages)
	half := 1.96 * math.Sqrt((a*(1-a)+b*(1-b))/n)
	return signed(evaluate.Interval{Value: b - a, Low: b - a - half, High: b - a + half})
}
