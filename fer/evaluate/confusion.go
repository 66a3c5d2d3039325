package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"ferlab/fer"
)

// Confusion counts images by label and predicted class.
type Confusion struct {
	Classes fer.Classes
	Images  [][]int // By label (row), then by predicted class (column).
}

// newConfusion returns one without images.
func newConfusion(classes fer.Classes) Confusion {
	c := Confusion{classes, make([][]int, classes.Len())}
	for i := range c.Images {
		c.Images[i] = make([]int, classes.Len())
	}
	return c
}

// Confusion counts p. Rows without a label are left out.
func (p Predictions) Confusion() Confusion {
	c := newConfusion(p.Classes())
	for _, row := range p {
		if row.Label.Valid() {
			c.Images[row.Label][row.Predicted()]++
		}
	}
	return c
}

// Support returns the number of images with label e.
func (c Confusion) Support(e fer.Class) int {
	n := 0
	for _, count := range c.Images[e] {
		n += count
	}
	return n
}

// Predicted returns the number of images predicted as e.
func (c Confusion) Predicted(e fer.Class) int {
	n := 0
	for _, row := range c.Images {
		n += row[e]
	}
	return n
}

// Total returns the number of images.
func (c Confusion) Total() int {
	n := 0
	for _, e := range c.Classes.All() {
		n += c.Support(e)
	}
	return n
}

// Accuracy returns the share of images on the diagonal, or NaN without images.
func (c Confusion) Accuracy() float64 {
	hits := 0
	for i := range c.Images {
		hits += c.Images[i][i]
	}
	return float64(hits) / float64(c.Total())
}

// Precision returns how many of those predicted as e are e, 0 if none was predicted as e, NaN if none is e either.
func (c Confusion) Precision(e fer.Class) float64 {
	if c.Predicted(e) == 0 && c.Support(e) > 0 {
		return 0
	}
	return float64(c.Images[e][e]) / float64(c.Predicted(e))
}

// Recall returns how many of those labelled e are predicted as e, or NaN if none is labelled e.
func (c Confusion) Recall(e fer.Class) float64 {
	return float64(c.Images[e][e]) / float64(c.Support(e))
}

// F1 returns the harmonic mean of precision and recall, or NaN if e is neither labelled nor predicted.
func (c Confusion) F1(e fer.Class) float64 {
	return 2 * float64(c.Images[e][e]) / float64(c.Support(e)+c.Predicted(e))
}

// BalancedAccuracy returns the mean recall of the classes that are labelled at all.
func (c Confusion) BalancedAccuracy() float64 { return meanDefined(c.Classes, c.Recall) }

// MacroF1 returns the mean F1 of the classes that are labelled or predicted at all.
func (c Confusion) MacroF1() float64 { return meanDefined(c.Classes, c.F1) }

// Kappa returns Cohen's kappa: the agreement of labels and predictions beyond chance, 1 at best, 0 for a guess from the
// marginal frequencies. It is NaN if all labels and predictions are one class.
func (c Confusion) Kappa() float64 {
	n := float64(c.Total())
	chance := 0.0
	for _, e := range c.Classes.All() {
		chance += float64(c.Support(e)) * float64(c.Predicted(e)) / (n * n)
	}
	return (c.Accuracy() - chance) / (1 - chance)
}

// meanDefined returns the mean of f over the classes for which it isn't NaN.
func meanDefined(classes fer.Classes, f func(fer.Class) float64) float64 {
	sum, n := 0.0, 0
	for _, e := range classes.All() {
		if v := f(e); !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return sum / float64(n)
}

// Counts returns c as the rows of numbers that a figure takes.
func (c Confusion) Counts() [][]float64 {
	rows := make([][]float64, len(c.Images))
	for i, row := range c.Images {
		rows[i] = make([]float64, len(row))
		for j, count := range row {
			rows[i][j] = float64(count)
		}
	}
	return rows
}

// Normalised returns each row divided by its sum: the share of label i predicted as j. The row of a class without
// images is NaN.
func (c Confusion) Normalised() [][]float64 {
	rows := c.Counts()
	for i, row := range rows {
		for j := range row {
			row[j] /= float64(c.Support(fer.Class(i)))
		}
	}
	return rows
}

// String returns the counts as a text table, labels down, predictions across.
func (c Confusion) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "label \\ predicted\t%s\t\n", strings.Join(c.Classes.Names(), "\t"))
	for i, row := range c.Images {
		fmt.Fprintf(w, "%v\t", c.Classes.Name(fer.Class(i)))
		for _, count := range row {
			fmt.Fprintf(w, "%d\t", count)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}

// Mistake is one kind of mistake: images of one class taken for another.
type Mistake struct {
	Classes          fer.Classes
	Label, Predicted fer.Class
	Count, Support   int // Support is the number of images labelled Label.
	// Rate is Count / Support with its 95 % Wilson score interval (Wilson 1927).
	Rate Interval
}

// String returns "fear is taken for sad in 17 % of cases (84 of 496, 95 % interval 14–20 %)".
func (m Mistake) String() string {
	return fmt.Sprintf("%s is taken for %s in %.0f %% of cases (%d of %d, 95 %% interval %.0f–%.0f %%)",
		m.Classes.Name(m.Label), m.Classes.Name(m.Predicted), 100*m.Rate.Value, m.Count, m.Support,
		100*m.Rate.Low, 100*m.Rate.High)
}

// DefaultThreshold is the rate above which a mistake is worth a sentence.
const DefaultThreshold = 0.1

// Mistakes returns the kinds of mistake whose rate is above the threshold (0…1; 0 means [DefaultThreshold], negative
// all that occur), the most frequent first.
func (c Confusion) Mistakes(threshold float64) []Mistake {
	if threshold == 0 {
		threshold = DefaultThreshold
	}
	var found []Mistake
	for _, label := range c.Classes.All() {
		n := c.Support(label)
		for _, predicted := range c.Classes.All() {
			k := c.Images[label][predicted]
			if label != predicted && k > 0 && float64(k)/float64(n) > threshold {
				found = append(found, Mistake{c.Classes, label, predicted, k, n, Wilson(k, n)})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Mistake) int {
		switch {
		case a.Rate.Value > b.Rate.Value:
			return -1
		case a.Rate.Value < b.Rate.Value:
			return 1
		}
		return 0
	})
	return found
}

// Wilson returns the share k / n with its 95 % score interval (Wilson 1927); all NaN if n is 0.
func Wilson(k, n int) Interval {
	if n == 0 {
		return undefined
	}
	const z = 1.959963984540054 // the standard normal's 97.5 % quantile
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Interval{p, max(centre-half, 0), min(centre+half, 1)}
}
