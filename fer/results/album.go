package results

import (
	"fmt"
	"math"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/album"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/photo"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// AnswerAlbum says how well a run that has learned the faces of an album knows those that it was not taught, beside
// what needs no net.
func AnswerAlbum(a *album.Album, r *run.Run) (show.Answer, error) {
	p, err := r.Predictions()
	if err != nil {
		return show.Answer{}, err
	}
	right := int(math.Round(p.Accuracy() * float64(len(p))))
	accuracy, classes := evaluate.Wilson(right, len(p)), r.Config.Classes.Len()
	frequent, label := majority(a, p)
	taught, whom, others := figure.Count(r.Record.TrainImages)+" photos", "", ""
	var notes []string
	if n, m, apart := peopleOf(a); apart {
		taught, whom, others = taught+" of "+persons(n), " of "+persons(m), ", of people that it has never seen"
		notes = append(notes, "Nobody is both learned from and measured on. The interval speaks of the choice of "+
			"faces; that of the people would be wider.")
	} else {
		notes = append(notes, "The photos were divided one by one: it may know the people it is measured on.")
	}
	faces := inWords(accuracy.Value)
	if right == len(p) {
		faces = fmt.Sprintf("all %s faces", figure.Count(right))
	}
	sentence := fmt.Sprintf("After %s the net names the class of %s%s.", taught, faces, others)
	if accuracy.Low <= frequent {
		sentence = fmt.Sprintf("After %s the net isn't surely better than always saying %s.", taught, label)
	}
	picture, err := besideNone(r, accuracy, frequent)
	return show.Answer{
		Sentence: sentence,
		Number:   share(accuracy.Value),
		Of: fmt.Sprintf("of %s faces%s in %d classes (%s). Always saying %s, which most photos show, is right about "+
			"%s; guessing, about %s.", figure.Count(len(p)), whom, classes, between(accuracy), label, share(frequent),
			share(1/float64(classes))),
		Notes:   notes,
		Picture: picture,
	}, err
}

// majority returns the class with the most faces to learn from, and how often it is right about others.
func majority(a *album.Album, p evaluate.Predictions) (right float64, class string) {
	counts := map[string]int{}
	for _, one := range a.Photos {
		if one.Split == fer.Train {
			counts[one.Class]++
			if counts[one.Class] > counts[class] || counts[one.Class] == counts[class] && one.Class < class {
				class = one.Class
			}
		}
	}
	for _, one := range p {
		if p.Classes().Name(one.Label) == class {
			right += 1 / float64(len(p))
		}
	}
	return right, class
}

// peopleOf counts the people that are learned from and measured on, and says whether they are known to be others.
func peopleOf(a *album.Album) (taught, measured int, apart bool) {
	split := map[string]fer.Split{}
	for _, p := range a.Photos {
		if p.Face == "" {
			continue
		}
		if s, known := split[p.Person]; p.Person == "" || known && s != p.Split {
			return 0, 0, false
		}
		split[p.Person] = p.Split
	}
	for _, s := range split {
		if s == fer.Train {
			taught++
		} else {
			measured++
		}
	}
	return taught, measured, true
}

func persons(n int) string {
	if n == 1 {
		return "one person"
	}
	return fmt.Sprintf("%d people", n)
}

// besideNone draws a run's accuracy beside that of always naming one class, and of guessing.
func besideNone(r *run.Run, accuracy evaluate.Interval, frequent float64) (*figure.Figure, error) {
	chance, none := 1/float64(r.Config.Classes.Len()), math.NaN()
	return figure.Bars([]string{"the net", "most frequent class", "chance"}, []figure.BarSeries{{
		Values: []float64{accuracy.Value, frequent, chance},
		Low:    []float64{accuracy.Low, none, none}, High: []float64{accuracy.High, none, none},
	}}, figure.Axis{Label: "accuracy", Percent: true}, figure.Options{
		Title:   "Accuracy beside what needs no net",
		Caption: "The whisker is Wilson's 95 % interval. " + measured(r),
		Width:   posterWidth, Height: 210,
	})
}

// AlbumPhotos shows the first photos with a face of each class, each of another person if there are so many.
func AlbumPhotos(dir string, a *album.Album, ofEach int) (*figure.Figure, error) {
	var names []string
	var rows [][]figure.Cell
	var who map[string]bool
	for _, p := range a.Photos {
		if p.Class == "" {
			continue
		}
		if len(names) == 0 || names[len(names)-1] != p.Class {
			names, rows, who = append(names, p.Class), append(rows, nil), map[string]bool{}
		}
		row := &rows[len(rows)-1]
		if p.Face == "" || len(*row) == ofEach || p.Person != "" && who[p.Person] {
			continue
		}
		m, err := photo.ReadFile(filepath.Join(dir, filepath.FromSlash(p.File)), nil)
		if err != nil {
			return nil, err
		}
		who[p.Person] = true
		*row = append(*row, figure.Cell{Image: m})
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{
			Title:   "Photos by class",
			Caption: fmt.Sprintf("The first %d photos of each class, each of another person if it is known.", ofEach),
		},
		Rows: names, Side: 132, Smooth: true,
	})
}
