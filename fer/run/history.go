package run

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"ferlab/internal/bounded"
)

// Epoch is a row of a run's history.csv.
type Epoch struct {
	Epoch        int     // From 1.
	Step         int     // Training steps taken so far.
	LearningRate float64 // At the epoch's last step.
	// Mean over the epoch's training batches, with label smoothing, augmentation and dropout.
	TrainLoss          float64
	TrainAccuracy      float64 // Likewise: it reads lower than the same net's accuracy in inference mode.
	ValidationLoss     float64 // Cross-entropy after the epoch, in inference mode.
	ValidationAccuracy float64
}

var historyHeader = []string{"epoch", "step", "learning_rate", "train_loss", "train_accuracy", "validation_loss",
	"validation_accuracy"}

// writeHistory writes history.csv; floats are written so that they read back to the same bits.
func writeHistory(w io.Writer, history []Epoch) error {
	c := csv.NewWriter(w)
	c.Write(historyHeader)
	for _, e := range history {
		row := []string{strconv.Itoa(e.Epoch), strconv.Itoa(e.Step)}
		for _, v := range []float64{e.LearningRate, e.TrainLoss, e.TrainAccuracy, e.ValidationLoss,
			e.ValidationAccuracy} {
			row = append(row, strconv.FormatFloat(v, 'g', -1, 64))
		}
		c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// readHistory reads history.csv. Its errors name the row.
func readHistory(r io.Reader) ([]Epoch, error) {
	c := bounded.NewCSV(r)
	c.FieldsPerRecord = len(historyHeader)
	var history []Epoch
	for row := 0; ; row++ {
		fields, err := c.Read()
		if err == io.EOF {
			return history, nil
		}
		if err != nil {
			return nil, err
		}
		if row == 0 {
			for i, name := range historyHeader {
				if fields[i] != name {
					return nil, fmt.Errorf("column %d is %q, want %q", i+1, fields[i], name)
				}
			}
			continue
		}
		var values [7]float64
		for i, f := range fields {
			if values[i], err = strconv.ParseFloat(f, 64); err != nil {
				return nil, fmt.Errorf("row %d, column %s: %w", row, historyHeader[i], err)
			}
		}
		if values[0] != float64(row) {
			return nil, fmt.Errorf("row %d is of epoch %s: a row is missing or twice there", row, fields[0])
		}
		if s := values[1]; s != math.Trunc(s) || s < 1 || s > 1<<53 {
			return nil, fmt.Errorf("row %d, column step is %s, want a whole number", row, fields[1])
		}
		history = append(history, Epoch{int(values[0]), int(values[1]), values[2], values[3], values[4], values[5],
			values[6]})
	}
}
