// Package photo turns photos into faces as the nets read them: upright, cropped, grey, 48×48. [ReadFile] reads a photo,
// [Detect] finds the faces in it.
//
// Faces are found by pigo (https://github.com/esimov/pigo), an implementation in Go of "Object Detection with Pixel
// Intensity Comparisons Organized in Decision Trees" (Markuš et al. 2013), with its cascade of frontal faces, which is
// embedded (MIT licence, see cascade/LICENSE). It finds faces that look at the camera, and turns leaning ones upright;
// profiles it mostly misses.
package photo

import (
	"fmt"
	"image"
	"io"
	"os"

	"ferlab/internal/raster"
)

// Options configures this package. The zero value of a field, like nil options, means its default.
type Options struct {
	// Faces says what of a photo is a face; default [Auto].
	Faces Mode
	// MinScore is pigo's score from which a detection counts; default 10. Lower finds more faces, and more that are
	// none.
	MinScore float64
	// Smallest is the side, in pixels of the photo, of the smallest face that is looked for, from 20 on; default 1/32
	// of the photo's longer side. Half of it takes four times as long. A face is about 3/4 as wide as its head.
	Smallest int
	// Tilt is up to how many degrees a face may lean to either side, at most 45; default 0, which finds some up to 20.
	// Each 11.25 degrees take twice as long again as none. If neither Smallest nor Tilt is set and no face is found for
	// sure, leaning ones are looked for, and then small ones, of 30 pixels or more; what scores best counts.
	Tilt float64
	// MaxPixels bounds width × height; default 64 million. It is checked before the pixels are decoded.
	MaxPixels int
	// MaxBytes bounds a file; default 64 MiB.
	MaxBytes int64
}

// Mode says what of a photo is a face.
type Mode string

const (
	// Auto takes the whole picture for one face if it is 48×48, or smaller, square and grey; in any other it looks for
	// faces. One that is square and grey, as the images of FER2013 are, it takes for a face as a whole if it finds
	// none: see [Face].Unfound.
	Auto Mode = "auto"
	// Whole takes the whole picture for one face, its largest centred square.
	Whole Mode = "whole"
	// Search looks for faces.
	Search Mode = "search"
)

// Check returns an error for options that nothing can be done with.
func (o *Options) Check() error {
	_, err := o.defaults()
	return err
}

func (o *Options) defaults() (Options, error) {
	d := Options{}
	if o != nil {
		d = *o
	}
	if d.Faces == "" {
		d.Faces = Auto
	}
	if d.Faces != Auto && d.Faces != Whole && d.Faces != Search {
		return d, fmt.Errorf("faces is %q, want %s, %s or %s", d.Faces, Auto, Whole, Search)
	}
	if d.MinScore == 0 {
		d.MinScore = 10
	}
	if d.Smallest != 0 && d.Smallest < smallestFace {
		return d, fmt.Errorf("the smallest face has %d pixels, want %d or more", d.Smallest, smallestFace)
	}
	if !(d.Tilt >= 0 && d.Tilt <= maxTilt) {
		return d, fmt.Errorf("the tilt is %v degrees, want 0 … %d: turn the photo", d.Tilt, maxTilt)
	}
	if d.MaxPixels == 0 {
		d.MaxPixels = 64_000_000
	}
	if d.MaxBytes == 0 {
		d.MaxBytes = 64 << 20
	}
	return d, nil
}

// IsPhoto reports whether a file's name ends as that of a photo: .jpg, .jpeg, .jfif, .png, .webp, .gif, .bmp, .tif or
// .tiff. What is in it, [Decode] finds out.
func IsPhoto(name string) bool {
	return raster.Named(name)
}

// ReadFile is [Decode] of a file.
func ReadFile(path string, o *Options) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := Decode(f, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return img, nil
}

// Decode reads a JPEG, PNG, WebP, BMP, TIFF or GIF (the last two: the first picture) and turns it upright as its EXIF
// orientation says. Its content says what it is. A file that is larger than the options allow is refused before its
// pixels are decoded.
func Decode(r io.Reader, o *Options) (image.Image, error) {
	options, err := o.defaults()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, options.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > options.MaxBytes {
		return nil, fmt.Errorf("the file has more than %d bytes: make it smaller", options.MaxBytes)
	}
	return raster.Decode(data, func(width, height int) error {
		if width <= 0 || height <= 0 || width > options.MaxPixels/height {
			return fmt.Errorf("the image is %d×%d, want at most %d pixels: make it smaller", width, height,
				options.MaxPixels)
		}
		return nil
	})
}
