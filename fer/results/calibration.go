package results

import (
	"errors"
	"fmt"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Reliability draws how far the confidence of a run's predictions can be trusted: the net's own, and after temperature
// scaling, where each half of the predictions is scaled by the temperature that was fitted on the other.
func Reliability(r *run.Run) (figure.Row, error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, err
	}
	_, scaled, err := crossScaled(p)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.Name, err)
	}
	own, err := reliability(p, "Confidence of "+Name(r), fmt.Sprintf("The net's own; expected calibration error %.1f "+
		"%%. %s",
		100*p.ECE(), measured(r)))
	if err != nil {
		return nil, err
	}
	after, err := reliability(scaled, "Confidence of "+Name(r)+", scaled",
		fmt.Sprintf("After temperature scaling, each half of the faces with the temperature of the other half; "+
			"expected calibration error %.1f %%.", 100*scaled.ECE()))
	return figure.Row{own, after}, err
}

// WorstCalibrated returns the run whose confidence is wrong by most.
func WorstCalibrated(runs ...*run.Run) (*run.Run, error) {
	var worst *run.Run
	most := -1.0
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return nil, err
		}
		if e := p.ECE(); e > most {
			worst, most = r, e
		}
	}
	if worst == nil {
		return nil, errors.New("the worst calibrated of no run")
	}
	return worst, nil
}

func reliability(p evaluate.Predictions, title, caption string) (*figure.Figure, error) {
	var bins []figure.ReliabilityBin
	for _, b := range p.Reliability() {
		bins = append(bins, figure.ReliabilityBin(b))
	}
	return figure.Reliability(bins, figure.Options{Title: title, Caption: caption, Width: 640, Height: 280})
}

// Calibration compares calibration before and after temperature scaling: the temperature is fitted on one half of a
// run's predictions and measured on the other, and the other way round, since a measure on the images that chose the
// temperature would be optimistic.
func Calibration(runs ...*run.Run) (figure.Table, error) {
	tab := figure.Table{
		Caption: "Calibration before and after temperature scaling, fitted on one half of the validation faces and " +
			"measured on the other",
		Header: []string{"net", "temperature", "ECE before, %", "after, %", "NLL before, nats", "after, nats",
			"Brier before", "after"},
	}
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return tab, err
		}
		t, scaled, err := crossScaled(p)
		if err != nil {
			return tab, fmt.Errorf("run %s: %w", r.Name, err)
		}
		tab.Rows = append(tab.Rows, []string{Name(r), fmt.Sprintf("%.2f / %.2f", t[0], t[1]),
			fmt.Sprintf("%.1f", 100*p.ECE()), fmt.Sprintf("%.1f", 100*scaled.ECE()),
			fmt.Sprintf("%.3f", p.NLL()), fmt.Sprintf("%.3f", scaled.NLL()),
			fmt.Sprintf("%.3f", p.Brier()), fmt.Sprintf("%.3f", scaled.Brier())})
	}
	return tab, nil
}

// crossScaled fits a temperature on each half of the predictions (every second row of each label, so that both halves
// hold all emotions alike) and scales the other half by it. The scaled rows are in p's order.
func crossScaled(p evaluate.Predictions) (t [2]float64, scaled evaluate.Predictions, err error) {
	var halves [2]evaluate.Predictions
	var half []int // of each row
	seen := map[fer.Class]int{}
	for _, row := range p {
		h := seen[row.Label] % 2
		seen[row.Label]++
		half, halves[h] = append(half, h), append(halves[h], row)
	}
	for h := range halves {
		if t[h], err = evaluate.Temperature(halves[h]); err != nil {
			return t, nil, err
		}
	}
	for i, row := range p {
		scaled = append(scaled, evaluate.Scale(evaluate.Predictions{row}, t[1-half[i]])...)
	}
	return t, scaled, nil
}
