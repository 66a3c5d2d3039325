package predict

import (
	"fmt"
	"image"
	"path/filepath"

	"ferlab/fer/figure"
	"ferlab/fer/photo"
	"ferlab/fer/run"
)

// Annotated draws a photo with a box around each face, and what a run's net says of it. The options may be nil.
func Annotated(r *run.Run, path string, o *Options) (*figure.Figure, error) {
	if o == nil {
		o = &Options{}
	}
	img, err := photo.ReadFile(path, &o.Options)
	if err != nil {
		return nil, err
	}
	t, err := Faces(r, img, o)
	if err != nil {
		return nil, err
	}
	return t.Annotate(img, filepath.Base(path))
}

// Annotate draws a photo, called as the caption says, with the faces of the table, which must be its own.
func (t *Table) Annotate(photo image.Image, name string) (*figure.Figure, error) {
	classes := t.Run.Config.Classes
	var boxes []figure.Box
	for _, f := range t.Faces() {
		if !f.Face.Box.In(photo.Bounds()) {
			return nil, fmt.Errorf("the face at %v is not in this photo of %v", f.Face.Box, photo.Bounds())
		}
		boxes = append(boxes, figure.Box{
			At: f.Face.Box, Tilt: f.Face.Tilt, Color: figure.ClassColor(classes, f.Predicted()),
			Label: fmt.Sprintf("%s %.0f %%", classes.Name(f.Predicted()), 100*f.Confidence()),
		})
	}
	faces := fmt.Sprintf("%d faces", len(boxes))
	switch len(boxes) {
	case 0:
		faces = "no face"
	case 1:
		faces = "1 face"
	}
	return figure.Boxes(photo, boxes, figure.Options{Caption: fmt.Sprintf("%s: %s, read by the run %s.", name, faces,
		t.Run.Name)})
}
