package semisup

import (
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // Photos are read in these two formats.
	_ "image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// Photos reads a folder of JPEG and PNG photos of faces, its sub-folders too, as unlabelled examples: the middle square of each,
// in grey, scaled to 48×48. It is an error if the folder has none or one can't be read.
func Photos(dir string) (*dataset.Dataset, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch strings.ToLower(filepath.Ext(path)) {
		case ".jpg", ".jpeg", ".png":
			if err == nil && e.Type().IsRegular() {
				paths = append(paths, path)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s holds no JPEG or PNG photo", dir)
	}
	slices.Sort(paths)
	d := &dataset.Dataset{Name: filepath.Base(dir), Kind: dataset.Folder}
	for _, path := range paths {
		m, err := photo(path)
		if err != nil {
			return nil, fmt.Errorf("photo %s: %w: repair or remove it", path, err)
		}
		id, _ := filepath.Rel(dir, path)
		d.Examples = append(d.Examples, fer.Example{ID: filepath.ToSlash(id), Image: m, Label: fer.Unlabelled, Split: fer.Train})
	}
	return d, nil
}

func photo(path string) (*fer.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		return nil, err
	}
	b := src.Bounds()
	side := min(b.Dx(), b.Dy())
	if side == 0 {
		return nil, errors.New("it has no pixels")
	}
	square := image.Rect(0, 0, side, side).Add(b.Min).Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	m := new(fer.Image)
	draw.CatmullRom.Scale(m.Gray(), m.Bounds(), src, square, draw.Src, nil)
	return m, nil
}
