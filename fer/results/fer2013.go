package results

import (
	"fmt"
	"math"
	"slices"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/records"
	"ferlab/fer/show"
	"ferlab/fer/votes"
)

// AnswerData says what FER2013 is, by its record.
func AnswerData(d *records.Data) (show.Answer, error) {
	train, all, most, least := d.Splits[0].Counts, 0, 0, 0
	for i, n := range train {
		all += n
		if n > train[most] {
			most = i
		}
		if n < train[least] {
			least = i
		}
	}
	agree := person(d, votes.AllTen)
	if agree == nil || all == 0 {
		return show.Answer{}, fmt.Errorf("the record of %s has no faces or votes", d.Source)
	}
	picture, err := RecordedMeans(d)
	return show.Answer{
		Sentence: fmt.Sprintf("Grey faces of 48×48 pixels from the web, far from balanced and often mislabelled: one "+
			"training face in %.0f is %s, one in %.0f %s, and ten people agree with six labels in ten.",
			float64(all)/float64(train[most]), d.Classes[most], float64(all)/float64(train[least]),
			adjective(d.Classes[least])),
		Number: share(agree.Label.Value),
		Of: fmt.Sprintf("of the labels are what most of ten people see (%s; PublicTest, n=%s).", between(agree.Label),
			figure.Count(d.Voted)),
		Notes: []string{fmt.Sprintf("%s groups of identical images, %d of them with contradicting labels, %d in both "+
			"the training set and PublicTest.", figure.Count(d.Groups.All), d.Groups.Contradicting, d.Groups.Leaking)},
		Picture: picture,
	}, err
}

// adjective turns "disgust" into what a face is.
func adjective(class string) string {
	if class == fer.Emotions.Name(fer.Disgust) {
		return "disgusted"
	}
	return class
}

func person(d *records.Data, name string) *records.Person {
	for i := range d.People {
		if d.People[i].Name == name {
			return &d.People[i]
		}
	}
	return nil
}

// RecordedMeans shows the mean faces of FER2013's record.
func RecordedMeans(d *records.Data) (*figure.Figure, error) {
	row := make([]figure.Cell, len(d.Classes))
	least := math.MaxInt
	for i, name := range d.Classes {
		m, err := imageOf(d.Means[i])
		if err != nil {
			return nil, err
		}
		row[i] = figure.Cell{Image: m, Caption: name}
		least = min(least, d.Splits[0].Counts[i])
	}
	rows := slices.Collect(slices.Chunk(row, 4))
	return figure.Grid(rows, figure.GridOptions{Side: 72, Smooth: true, Options: figure.Options{
		Title: "Mean face of each emotion in FER2013",
		Caption: fmt.Sprintf("Pixel means over the training faces, at least %s of each emotion: no single face is "+
			"shown.", figure.Count(least)),
	}})
}

func imageOf(grey []byte) (*fer.Image, error) {
	if len(grey) != fer.Pixels {
		return nil, fmt.Errorf("a recorded image has %d pixels, want %d", len(grey), fer.Pixels)
	}
	m := new(fer.Image)
	copy(m[:], grey)
	return m, nil
}

// RecordedBalance draws how many faces of each emotion FER2013's splits have.
func RecordedBalance(d *records.Data) (*figure.Figure, error) {
	var series []figure.BarSeries
	for _, s := range d.Splits {
		name := s.Name
		if name == string(fer.Public) {
			name = "PublicTest"
		}
		bars := figure.BarSeries{Name: name}
		for _, n := range s.Counts {
			bars.Values = append(bars.Values, float64(n))
		}
		series = append(series, bars)
	}
	return figure.Bars(d.Classes, series, figure.Axis{Label: "faces", Integer: true}, figure.Options{
		Title: "FER2013's balance", Caption: fmt.Sprintf("Faces of each emotion, n=%s.", figure.Count(d.Images)),
	})
}

// RecordedAudit lists what the audit finds in FER2013.
func RecordedAudit(d *records.Data) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("FER2013's faults: images of training set and PublicTest, n=%s", figure.Count(d.Images)),
		Header:  []string{"finding", "images", "%"},
	}
	for _, f := range d.Audit {
		t.Rows = append(t.Rows, []string{f.Reason, figure.Count(f.Images), fmt.Sprintf("%.2f",
			100*float64(f.Images)/float64(d.Images))})
	}
	return t
}

// RecordedVotes says, label by label, what ten people see in FER2013's faces.
func RecordedVotes(d *records.Data) figure.Table {
	t := figure.Table{
		Caption: "What more than half of ten people see in FER2013's faces, by their label; training set and " +
			"PublicTest",
		Header: []string{"label", "faces", "the same, %", "most often else", "%",
			"no majority, or none of the seven, %"},
	}
	for i, row := range d.Sees {
		n, other := 0, -1
		for j, k := range row {
			n += k
			if j != i && j < len(d.Classes) && (other < 0 || k > row[other]) {
				other = j
			}
		}
		if n == 0 || other < 0 {
			continue
		}
		of := func(k int) string { return fmt.Sprintf("%.0f", 100*float64(k)/float64(n)) }
		t.Rows = append(t.Rows, []string{d.Classes[i], figure.Count(n), of(row[i]), d.Classes[other], of(row[other]),
			of(row[len(row)-1])})
	}
	return t
}

// RecordedPeople says how often people and nets agree with FER2013's labels and with people.
func RecordedPeople(d *records.Data) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("Who agrees with whom, %%; PublicTest, n=%s; %s", figure.Count(d.Voted), intervals),
		Header:  []string{"answer of", "is FER2013's label", "is that of more than half of nine people"},
	}
	for _, p := range d.People {
		others := "–"
		if p.Others != nil {
			others = points(*p.Others)
		}
		t.Rows = append(t.Rows, []string{named(p.Name), points(p.Label), others})
	}
	return t
}
