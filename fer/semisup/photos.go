package semisup

import (
	"fmt"
	"image"
	"io/fs"
	"path/filepath"
	"slices"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/photo"
)

// Photos reads a folder of photos of faces, its sub-folders too, as unlabelled examples: the middle square of each, in
// grey, scaled to 48×48. Formats, limits and EXIF orientation are those of [photo.ReadFile]. It is an error if the
// folder holds no photo, or one that can't be read.
func Photos(dir string) (*dataset.Dataset, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && photo.IsPhoto(path) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s holds no photo (JPEG, PNG or WebP)", dir)
	}
	slices.Sort(paths)
	d := &dataset.Dataset{Name: filepath.Base(dir), Kind: dataset.Folder}
	for _, path := range paths {
		m, err := photo.ReadFile(path, nil)
		if err != nil {
			return nil, fmt.Errorf("photo %w: repair or remove it", err)
		}
		id, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		d.Examples = append(d.Examples, fer.Example{ID: filepath.ToSlash(id), Image: photo.Crop(m, middle(m.Bounds())),
			Label: fer.Unlabelled, Split: fer.Train})
	}
	return d, nil
}

// middle is the largest centred square of a rectangle.
func middle(b image.Rectangle) image.Rectangle {
	side := min(b.Dx(), b.Dy())
	corner := b.Min.Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
}
