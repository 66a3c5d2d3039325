package experiments

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// The program makes labels of FER+'s own file, lists what has none, and judges a table of predictions.
func TestVotes(t *testing.T) {
	votes, train := build(t, "votes"), build(t, "train")
	dir := t.TempDir()
	save := func(name string, lines []string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// People see another emotion in every seventh of 70 images, ten an emotion, and agree on nothing in the last.
	column := [fer.NumEmotions]int{4, 5, 6, 1, 3, 2, 0}
	rows, new := []string{"emotion,pixels,Usage"}, []string{"Usage,Image name,neutral,happiness,surprise,sadness," +
		"anger,disgust,fear,contempt,unknown,NF"}
	var p evaluate.Predictions
	for i := range 70 {
		label := i / 10
		sees := label
		if i%7 == 0 {
			sees = (label + 1) % fer.NumEmotions
		}
		rows = append(rows, fmt.Sprintf("%d,%s,Training", label,
			strings.TrimSpace(strings.Repeat(fmt.Sprintf("%d ", i), 48*48))))
		counts := [10]int{8: 2}
		counts[column[sees]] = 8
		if i == 69 {
			counts = [10]int{5, 5}
		}
		new = append(new, fmt.Sprintf("Training,fer%07d.png,%s", i,
			strings.Trim(strings.ReplaceAll(fmt.Sprint(counts), " ", ","), "[]")))
		row := evaluate.Prediction{ID: fmt.Sprintf("fer2013.csv:%d", i+1), Label: fer.Class(label),
			Probs: make([]float64, fer.NumEmotions)}
		row.Probs[sees] = 1
		p = append(p, row)
	}
	source, file := save("fer2013.csv", rows), save("fer2013new.csv", new)
	table, soft, left := filepath.Join(dir, "table.csv"), filepath.Join(dir, "soft.csv"), filepath.Join(dir, "left.csv")
	if err := p.WriteFile(table); err != nil {
		t.Fatal(err)
	}
	out, errs, err := votes("-votes", file, "-source", source, "-out", soft, "-left", left, "-table", table, "-figures",
		dir)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	for _, want := range []string{
		"votes fer2013new.csv source=fer2013.csv: 70 images with votes, 0 without, 0 of ambiguous name\n",
		"majority leaves 69 of 70 images: ", "left out: 1 no choice with enough votes\n",
		"the labels that people call wrong: 10 of 70;", // Every seventh.
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if text, err := os.ReadFile(left); err != nil || string(text) != "id\nfer2013.csv:70\n" {
		t.Errorf("%v, %q", err, text)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "search.svg")); err != nil ||
		!strings.Contains(string(text), "<svg") {
		t.Errorf("search.svg: %v", err)
	}
	if out, errs, err := train("-source", source, "-set", "soft_labels.file="+soft, "-set", "soft_labels.weight=1",
		"-set", "exclude="+left,
		"-set", "epochs=1", "-set", "cnn.filters=[2]", "-set", "cnn.dense=[4]", "-out", filepath.Join(dir,
			"run")); err != nil ||
		strings.Contains(errs, "not in it") {
		t.Errorf("train on the votes: %v\n%s%s", err, out, errs)
	}
	for _, bad := range []struct{ args, want string }{
		{"-source " + source, "-votes and -source say"}, {"-votes " + file, "-votes and -source say"},
		{"-votes " + file + " -source " + source + " -rule plurality",
			`unknown rule "plurality", want one of majority, probabilities, ferplus`},
		{"-votes " + file + " -source " + source + " -ignore joy", `-ignore: unknown choice "joy"`},
		{"-votes " + file + " -source " + source + " -tta ten", "-tta needs -run"},
		{"-votes " + file + " -source " + source + " -run dnn", "none of the 3589 predicted images has votes"},
		{"-votes " + file + " -source synthetic", "row 1 is about"},
		{"-votes " + soft + " -source " + source, "column happiness is missing"},
	} {
		if out, errs, err := votes(strings.Fields(bad.args)...); err == nil || !strings.Contains(errs, bad.want) {
			t.Errorf("%s: %v\n%s%s", bad.args, err, out, errs)
		}
	}
}
