package audit_test

import (
	"fmt"
	"os"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
)

// A training face that is also a test face is a leak; the table lists the training copy.
func ExampleExact() {
	d, err := dataset.Open("synthetic:train=70,test=7", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	leak := d.Examples[5]
	leak.ID, leak.Split = "copy", fer.Test
	d.Examples = append(d.Examples, leak)

	groups := audit.Exact(d)
	fmt.Println(len(groups), "group, leaked:", groups.LeakedIDs())
	groups.Findings().WriteCSV(os.Stdout)
	// Output:
	// 1 group, leaked: [copy]
	// id,label,suggested,reason,score
	// synthetic/1/5,neutral,,leak of copy,1
}

// A net is sure that one of the faces labelled happy is sad.
func ExampleLabelErrors() {
	sure := func(id string, label, seen fer.Class) evaluate.Prediction {
		row := evaluate.Prediction{ID: id, Label: label, Probs: make([]float64, fer.NumEmotions)}
		for e := range row.Probs {
			row.Probs[e] = 0.02
		}
		row.Probs[seen] = 0.88
		return row
	}
	p := evaluate.Predictions{
		sure("a", fer.Happy, fer.Happy), sure("b", fer.Happy, fer.Happy), sure("c", fer.Happy, fer.Sad),
		sure("d", fer.Sad, fer.Sad), sure("e", fer.Sad, fer.Sad), sure("f", fer.Sad, fer.Sad),
	}
	found, err := audit.LabelErrors(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	found.WriteCSV(os.Stdout)
	// Output:
	// id,label,suggested,reason,score
	// c,happy,sad,label error,0.02
}
