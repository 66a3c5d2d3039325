package evaluate

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"ferlab/fer"
)

// Measures is all that [Evaluate] has to say about one net on one set of images.
type Measures struct {
	N int // Images.
	// Overall, 0…1 and higher is better: accuracy; mean recall; mean F1; label among the two most probable; Cohen's
	// kappa; mean area under the ROC curve, one against the rest.
	Accuracy, BalancedAccuracy, MacroF1, Top2, Kappa, MacroAUC Interval
	// Lower is better: mean cross-entropy in nats; Brier score (0…2), see [Predictions.Brier].
	NLL, Brier Interval
	// ECE is the expected calibration error, 0…1; see [Predictions.ECE]. It has no interval: resampling inflates it.
	ECE       float64
	Classes   []ClassMeasures // In class order.
	Confusion Confusion
	Bootstrap Bootstrap // How the intervals were drawn.
}

// ClassMeasures is the part of the [Measures] that speaks of one class.
type ClassMeasures struct {
	Class   fer.Class
	Name    string
	Support int // Images labelled with the class.
	// See [Confusion.Precision], [Confusion.Recall] and [Confusion.F1].
	Precision, Recall, F1 Interval
	// AUC is the area under the ROC curve of the class against the rest, AP the average precision.
	AUC, AP Interval
}

// Evaluate computes the [Measures]. It returns an error if [Predictions.Check] does. 2,000 resamples of 3,589 images
// take about half a second.
func Evaluate(p Predictions, b Bootstrap) (Measures, error) {
	if err := p.Check(); err != nil {
		return Measures{}, err
	}
	if err := b.check(); err != nil {
		return Measures{}, err
	}
	predicted := make([]fer.Class, len(p))
	classes := p.Classes()
	rankings := make([]ranking, classes.Len())
	for i, row := range p {
		predicted[i] = row.Predicted()
	}
	for _, e := range classes.All() {
		rankings[e] = newRanking(p, e)
	}
	top2 := p.each(func(row Prediction) float64 { return indicator(row.rank() < 2) })
	loss := p.each(Prediction.Loss)
	brier := p.each(Prediction.brier)

	const overall, perClass = 8, 5
	intervals := b.intervals(len(p), func(counts []int) []float64 {
		c := newConfusion(classes)
		for i, count := range counts {
			c.Images[p[i].Label][predicted[i]] += count
		}
		values := make([]float64, overall, overall+perClass*classes.Len())
		auc := make([]float64, classes.Len())
		for _, e := range classes.All() {
			var ap float64
			auc[e], ap = rankings[e].scores(counts)
			values = append(values, c.Precision(e), c.Recall(e), c.F1(e), auc[e], ap)
		}
		copy(values, []float64{c.Accuracy(), c.BalancedAccuracy(), c.MacroF1(), weightedMean(top2, counts), c.Kappa(),
			meanDefined(classes, func(e fer.Class) float64 { return auc[e] }), weightedMean(loss, counts),
			weightedMean(brier, counts)})
		return values
	})

	r := Measures{N: len(p), ECE: p.ECE(), Confusion: p.Confusion(), Bootstrap: b.withDefaults()}
	for i, into := range []*Interval{&r.Accuracy, &r.BalancedAccuracy, &r.MacroF1, &r.Top2, &r.Kappa, &r.MacroAUC,
		&r.NLL, &r.Brier} {
		*into = intervals[i]
	}
	r.Classes = make([]ClassMeasures, classes.Len())
	for _, e := range classes.All() {
		own := intervals[overall+perClass*int(e):]
		r.Classes[e] = ClassMeasures{e, classes.Name(e), r.Confusion.Support(e), own[0], own[1], own[2], own[3], own[4]}
	}
	return r, nil
}

// String returns them as two text tables: overall figures, then one line a class.
func (r Measures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d images; [%g %% interval of %d bootstrap resamples]\n\n", r.N, 100*r.Bootstrap.Level,
		r.Bootstrap.Samples)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range []struct {
		name  string
		value Interval
	}{
		{"accuracy", r.Accuracy}, {"balanced accuracy", r.BalancedAccuracy}, {"macro F1", r.MacroF1}, {"top-2 accuracy",
			r.Top2},
		{"Cohen's kappa", r.Kappa}, {"macro ROC AUC", r.MacroAUC}, {"NLL (nats)", r.NLL}, {"Brier score", r.Brier},
	} {
		fmt.Fprintf(w, "%s\t%v\n", line.name, line.value)
	}
	fmt.Fprintf(w, "ECE (%d bins)\t%.4f\n", Bins, r.ECE)
	w.Flush()
	fmt.Fprintln(&b)
	fmt.Fprintln(w, r.Confusion.Classes.Noun()+"\timages\tprecision\trecall\tF1\tROC AUC\taverage precision")
	short := func(i Interval) string { return fmt.Sprintf("%.3f [%.3f, %.3f]", i.Value, i.Low, i.High) }
	for _, c := range r.Classes {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n",
			c.Name, c.Support, short(c.Precision), short(c.Recall), short(c.F1), short(c.AUC), short(c.AP))
	}
	w.Flush()
	return b.String()
}
