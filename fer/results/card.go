package results

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"ferlab/fer"
	"ferlab/fer/export"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// Card is a run's model card (Mitchell et al. 2019) as Markdown: what the net is and learned from, how its epoch was
// chosen, how good it is with 95 % bootstrap intervals, emotion by emotion, how far its confidence can be trusted, what
// it is for, and what not. All of it comes from the run's files. It begins with front matter, as model hubs read it
// (https://huggingface.co/docs/hub/model-cards).
func Card(r *run.Run) (string, error) {
	net, err := r.Net()
	if err != nil {
		return "", err
	}
	summary, err := model.Summarize(net)
	if err != nil {
		return "", err
	}
	numbers, err := Numbers(r)
	if err != nil {
		return "", err
	}
	classes, err := ClassNumbers(r)
	if err != nil {
		return "", err
	}
	calibration, err := Calibration(r)
	if err != nil {
		return "", err
	}
	config, err := json.MarshalIndent(r.Config, "", "  ")
	if err != nil {
		return "", err
	}
	c := r.Record
	var b strings.Builder
	b.WriteString(frontMatter(r))
	fmt.Fprintf(&b, "# Model card: %s\n\n", r.Name)
	what, outputs := "names the expression of a face, one of seven", "seven"
	if set := r.Config.Classes; !set.Equal(fer.Emotions) {
		what, outputs = fmt.Sprintf("tells apart %d classes of faces (%s)", set.Len(), set), fmt.Sprint(set.Len())
	}
	fmt.Fprintf(&b, "A net of kind `%s` that %s: %d parameters, "+
		"%.0f million multiply-adds an image. Input: a grey face of 48×48 pixels that fills the image. "+
		"Output: %s probabilities.\n\n", r.Config.Model, what, c.Parameters, float64(summary.MultiplyAdds())/1e6,
		outputs)
	fmt.Fprintf(&b, "**Data.** %s: trained on the %d images of its training split alone, from %s. ",
		c.Source, c.TrainImages, beginning(r.Config.From))
	if v := r.Config.Votes; v.File != "" {
		fmt.Fprintf(&b, "The labels are made of the votes %s by the rule %s. ", withoutSum(v.File), v.Rule)
	}
	if d := r.Config.Distill; len(d.Teachers) > 0 {
		fmt.Fprintf(&b, "%.0f %% of its loss is what its teachers say of the images, beside the labels: %s. ",
			100*d.Weight, teachers(d))
	}
	fmt.Fprintf(&b, "Measured on %s Settings other than the epoch may have been "+
		"chosen on these images, too.\n\n", sentence(strings.TrimPrefix(r.Caption(), "run "+r.Name+" on ")))
	computed := c.Backend
	if c.Arithmetic != "" {
		computed += ", " + c.Arithmetic
	}
	fmt.Fprintf(&b, "**Training.** %d epochs in %.0f minutes on %d CPU cores (%s), %s.\n\n", len(r.History),
		c.Seconds/60, c.CPUs, c.Platform, computed)
	for _, t := range []figure.Table{numbers, classes, calibration} {
		fmt.Fprintf(&b, "%s\n\n%s\n", sentence(t.Caption), t.Markdown())
	}
	fmt.Fprintf(&b, "The temperature that `run.Predict` and `experiments/predict` divide the logits by is %.3f, "+
		"fitted on these same images.\n\n", r.Temperature())
	b.WriteString("**Intended use.** Teaching and research on nets, their mistakes and their explanations.\n\n" +
		"**Limits.** " + limits(r.Config) + "The faces are not a fair sample of " +
		"humanity, and accuracy between groups of people was not measured. Do not use it to judge a person.\n\n")
	fmt.Fprintf(&b, "Configuration:\n\n```json\n%s\n```\n", config)
	return b.String(), nil
}

// frontMatter says in YAML what model hubs sort models by.
func frontMatter(r *run.Run) string {
	c := r.Record
	source, _, _ := strings.Cut(filepath.Base(c.Source), ":")
	source = strings.TrimSuffix(source, filepath.Ext(source))
	return fmt.Sprintf(`---
license: %s
library_name: ferlab
pipeline_tag: image-classification
tags: [facial-expression-recognition, emotion-recognition, onnx, safetensors]
metrics: [accuracy]
model-index:
- name: %q
  results:
  - task: {type: image-classification, name: Facial expression recognition}
    dataset: {name: %[3]q, type: %[3]q, split: %[4]q}
    metrics:
    - {type: accuracy, value: %.4[5]f}
---

`, strings.ToLower(export.Licence), r.Name, source, c.Validation, c.Accuracy)
}

// teachers names a distillation's teachers, without the checksums of their weights.
func teachers(d run.Distill) string {
	names := make([]string, len(d.Teachers))
	for i, t := range d.Teachers {
		names[i] = withoutSum(t)
	}
	return "the mean of " + strings.Join(names, ", ")
}

// withoutSum cuts the checksum off a recorded name, "best@1f0e…".
func withoutSum(recorded string) string {
	name, _, _ := strings.Cut(recorded, "@")
	return name
}

// beginning says which weights a training began with.
func beginning(f run.From) string {
	switch {
	case f.Run == "":
		return "random weights"
	case f.NewHead:
		return "the weights of run " + withoutSum(f.Run) + " but for its last layer"
	}
	return "the weights of run " + withoutSum(f.Run)
}

// limits says what the labels are worth.
func limits(c run.Config) string {
	const guess = " the expression shown in a picture found on the web, not at what anybody felt"
	twice := "Some images stand in several splits with the same or another label. "
	switch {
	case c.Votes.File != "":
		return "The labels are several people's guesses at" + guess + ". " + twice
	case c.Classes.Equal(fer.Emotions):
		return "The labels are one person's guess at" + guess + "; people agree with them in about two cases of " +
			"three. " + twice
	}
	return "The labels are those of the source's folders, and no better. "
}
