package results

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Name is a run's name as a reader sees it: CNN and DNN in capitals, others as they are.
func Name(r *run.Run) string { return named(r.Name) }

func named(name string) string {
	if name == "cnn" || name == "dnn" {
		return strings.ToUpper(name)
	}
	return name
}

func names(runs []*run.Run) []string {
	all := make([]string, len(runs))
	for i, r := range runs {
		all[i] = Name(r)
	}
	return all
}

// source is a data set as a reader knows it.
func source(name string) string {
	if strings.HasPrefix(name, "fer2013") {
		return "FER2013"
	}
	if strings.HasPrefix(name, "synthetic") {
		return "drawn faces"
	}
	if name == "clear synthetic faces" { // Of [audit.Planted]; recorded runs know it by this name.
		return "clear drawn faces"
	}
	return name
}

// images says what a run was measured on: "FER2013's PublicTest, n=3,589".
func images(r *run.Run) string {
	split := splitName(r.Record.Validation)
	of, whose := source(r.Record.Source), "'s "
	if strings.HasSuffix(of, "faces") || r.Record.Validation == fer.Validation {
		whose = ", "
	}
	return fmt.Sprintf("%s%s%s, n=%s", of, whose, split, figure.Count(r.Record.ValidationImages))
}

// theSource is the same within a sentence: "the drawn faces".
func theSource(name string) string {
	if of := source(name); strings.HasSuffix(of, "faces") {
		return "the " + of
	}
	return source(name)
}

// splitName is a split as a reader knows it.
func splitName(s fer.Split) string {
	known := map[fer.Split]string{fer.Public: "PublicTest", fer.Private: "PrivateTest", fer.Test: "test split",
		fer.Train: "training split", fer.Validation: "held out of training"}
	if name, ok := known[s]; ok {
		return name
	}
	return string(s)
}

// measured says what runs were measured on, each thing once.
func measured(runs ...*run.Run) string {
	var on []string
	for _, r := range runs {
		if s := images(r); !slices.Contains(on, s) {
			on = append(on, s)
		}
	}
	return sentence("Measured on " + strings.Join(on, "; and on "))
}

// share writes "66.4 %".
func share(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// between writes "95 % interval 64.9–68.0".
func between(i evaluate.Interval) string {
	return fmt.Sprintf("95 %% interval %.1f–%.1f", 100*i.Low, 100*i.High)
}

// signed writes a difference in points as "+8.5 [+7.0, +10.1]", with a minus sign where it is negative.
func signed(i evaluate.Interval) string {
	if math.IsNaN(i.Low) {
		return minus("%+.1f", 100*i.Value)
	}
	return minus("%+.1f [%+.1f, %+.1f]", 100*i.Value, 100*i.Low, 100*i.High)
}

// minus formats numbers with a minus sign in place of a hyphen, and none before zero.
func minus(format string, numbers ...any) string {
	for i, n := range numbers {
		if v, ok := n.(float64); ok && math.Abs(v) < 0.005 {
			numbers[i] = 0.0
		}
	}
	return strings.ReplaceAll(fmt.Sprintf(format, numbers...), "-", "−")
}

// list writes "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// capital writes a sentence's first letter large.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Provenance says where the numbers of runs come from, once for a page.
func Provenance(runs ...*run.Run) figure.Table {
	t := figure.Table{Header: []string{"net", "trained on", "measured on", "epoch", "settings", "seed", "parameters",
		"trained for"}}
	for _, r := range runs {
		epoch := r.Record.Selection
		if before, _, ok := strings.Cut(epoch, ", not chosen"); ok {
			epoch = "the " + before + "; no accuracy chose it"
		}
		settings := "those of the quick preset, chosen on no accuracy of this run"
		if r.Record.Validation == fer.Public {
			settings = "chosen with an eye on PublicTest"
		} else if from, _, _ := strings.Cut(r.Config.From.Run, "@"); from != "" {
			settings = fmt.Sprintf("those for fine-tuning %s, chosen on no accuracy of this run", from)
		}
		t.Rows = append(t.Rows, []string{Name(r), fmt.Sprintf("%s, n=%s", source(r.Record.Source),
			figure.Count(r.Record.TrainImages)), images(r), epoch, settings, fmt.Sprint(r.Config.Seed),
			figure.Count(r.Record.Parameters), fmt.Sprintf("%.0f minutes", r.Record.Seconds/60)})
	}
	return t
}
