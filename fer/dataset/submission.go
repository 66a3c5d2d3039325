package dataset

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"ferlab/fer"
)

// WriteSubmission writes predictions in the format of the course's Kaggle competition: a header id,label, then the id
// of test.csv and the class index 0 … 6 of each, in the given order. It is an error if the lengths differ or a label is
// none of the seven.
func WriteSubmission(w io.Writer, ids []string, labels []fer.Class) error {
	if len(ids) != len(labels) {
		return fmt.Errorf("submission: %d ids but %d labels", len(ids), len(labels))
	}
	out := csv.NewWriter(w)
	out.Write([]string{"id", "label"}) // errors are kept for out.Error
	for i, id := range ids {
		if !fer.Emotions.Has(labels[i]) {
			return fmt.Errorf("submission: label of id %q is %s, want one of the seven emotions", id,
				fer.Emotions.Name(labels[i]))
		}
		out.Write([]string{id, strconv.Itoa(int(labels[i]))})
	}
	out.Flush()
	return out.Error()
}
