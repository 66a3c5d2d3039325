package results_test

import (
	"fmt"
	"strings"
	"testing"

	"ferlab/fer/evaluate"
	"ferlab/fer/pretrained"
	"ferlab/fer/records"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

func shipped(t *testing.T, name string) *run.Run {
	t.Helper()
	r, err := pretrained.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The answers hold the numbers of the shipped runs' predictions, with their intervals, and a picture each.
func TestAnswers(t *testing.T) {
	cnn, dnn := shipped(t, "cnn"), shipped(t, "dnn")
	for _, test := range []struct {
		r      *run.Run
		answer func() (text string, picture bool, err error)
	}{
		{cnn, func() (string, bool, error) {
			a, err := results.AnswerCNN(cnn, shipped(t, "best"), shipped(t, "distilled"))
			return a.String(), a.Picture != nil, err
		}},
		{dnn, func() (string, bool, error) {
			a, err := results.AnswerDNN(cnn, dnn)
			return a.String(), a.Picture != nil, err
		}},
	} {
		text, picture, err := test.answer()
		if err != nil {
			t.Fatal(err)
		}
		p, err := test.r.Predictions()
		if err != nil {
			t.Fatal(err)
		}
		a := evaluate.Accuracy(p, evaluate.Bootstrap{})
		if want := fmt.Sprintf("%.1f %%", 100*a.Value); !strings.Contains(text, want) {
			t.Errorf("%s is not in %q", want, text)
		}
		if want := fmt.Sprintf("interval %.1f–%.1f", 100*a.Low, 100*a.High); !strings.Contains(text, want) || !picture {
			t.Errorf("%s is not in %q, or it has no picture: %v", want, text, picture)
		}
	}
	a, err := results.AnswerConfusion(cnn)
	if err != nil {
		t.Fatal(err)
	}
	p, err := cnn.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	worst := p.Confusion().Mistakes(0)[0]
	if want := fmt.Sprintf("%d of %d", worst.Count, worst.Support); !strings.Contains(a.Of, want) {
		t.Errorf("%q doesn't name the %s faces of the worst mistake", a.Of, want)
	}
}

// The records are of the shipped net, or the pages that show them say that they are not; their figures can be drawn.
func TestRecords(t *testing.T) {
	cnn := shipped(t, "cnn")
	data, err := records.OpenData()
	if err != nil {
		t.Fatal(err)
	}
	if a, err := results.AnswerData(data); err != nil || a.Picture == nil {
		t.Errorf("answer %v, %v", a, err)
	}
	if _, err := results.RecordedBalance(data); err != nil {
		t.Error(err)
	}
	for _, rows := range []int{len(results.RecordedAudit(data).Rows), len(results.RecordedVotes(data).Rows),
		len(results.RecordedPeople(data).Rows)} {
		if rows == 0 {
			t.Error("a table of the data set's record is empty")
		}
	}
	where, err := records.OpenWhere()
	if err != nil {
		t.Fatal(err)
	}
	a, err := results.AnswerWhere(where, cnn)
	if err != nil || a.Picture == nil {
		t.Fatalf("answer %v, %v", a, err)
	}
	if stale := strings.Contains(a.String(), "earlier training"); stale == where.Of(cnn) {
		t.Errorf("of the shipped net: %v, but the answer is %q", where.Of(cnn), a)
	}
	if m, err := results.RankedMethod(where, 0); err != nil || m.Name() != where.Methods[0].Name {
		t.Errorf("first method %v, %v", m, err)
	}
	if n := len(results.RankingTable(where).Rows); n != len(where.Methods)+1 {
		t.Errorf("%d rows for %d methods and chance", n, len(where.Methods))
	}
	if n := len(results.PartsTable(where).Rows); n != len(where.Parts) {
		t.Errorf("%d rows for %d emotions", n, len(where.Parts))
	}
}
