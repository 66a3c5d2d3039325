package predict

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/photo"
	"ferlab/internal/folder"
	"ferlab/internal/raster"
)

// DefaultRate is how many frames a second are read of a film unless the options say otherwise.
const DefaultRate = 5

// maxRate bounds the rate of a film.
const maxRate = 1000

var filmNames = []string{".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mjpeg", ".ogv", ".wmv",
	".3gp", ".y4m"}

// IsFilm reports whether a file's name ends as that of a video: .mp4, .mov, .mkv, .webm, .avi and the like.
func IsFilm(name string) bool {
	return slices.Contains(filmNames, strings.ToLower(filepath.Ext(name)))
}

// frameOptions are those for a frame: each is searched in one way, so that a film of nobody ends soon.
func (o *Options) frameOptions(img image.Image) *Options {
	frame := *o
	if frame.Smallest == 0 {
		frame.Smallest = photo.DefaultSmallest(img)
	}
	return &frame
}

// frameRows returns the faces of a frame, or a row that says that there is none.
func frameRows(path string, time float64, img image.Image, o *Options) []Row {
	rows := facesIn(path, img, o.frameOptions(img))
	for i := range rows {
		rows[i].Film, rows[i].Time = true, time
	}
	return rows
}

// readVideo reads a video by ffmpeg (https://ffmpeg.org), which must be installed.
func readVideo(path string, o *Options) ([]Row, error) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, errors.New("a video needs ffmpeg in PATH: install it, or make a folder of the video's frames and " +
			"give that with a rate")
	}
	rate := o.Rate
	if rate == 0 {
		rate = DefaultRate
	}
	ffmpeg := exec.Command(program, "-nostdin", "-v", "error", "-i", "file:"+path,
		"-vf", "fps="+strconv.FormatFloat(rate, 'f', -1, 64),
		"-f", "image2pipe", "-c:v", "png", "-compression_level", "1", "-")
	var complaints bytes.Buffer
	ffmpeg.Stderr = &complaints
	pipe, err := ffmpeg.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := ffmpeg.Start(); err != nil {
		return nil, err
	}
	rows, err := readFrames(path, pipe, rate, o)
	if err != nil {
		ffmpeg.Process.Kill() // It waits for a reader.
	}
	ended := ffmpeg.Wait()
	said, _, _ := strings.Cut(strings.TrimSpace(complaints.String()), "\n")
	switch {
	case err != nil:
		return rows, err
	case ended != nil:
		return rows, fmt.Errorf("ffmpeg can't read the video (%w): %s", ended, said)
	case rows == nil:
		return nil, fmt.Errorf("ffmpeg finds no picture in the video %s", said)
	}
	return rows, nil
}

// readFrames reads PNG files that follow one another.
func readFrames(path string, r io.Reader, rate float64, o *Options) (rows []Row, err error) {
	pipe := bufio.NewReaderSize(r, 1<<16)
	for i := 0; ; i++ {
		if _, err := pipe.Peek(1); err == io.EOF {
			return rows, nil
		}
		img, err := png.Decode(pipe) // It reads to the end of its file, and no further.
		if err != nil {
			return rows, fmt.Errorf("frame %d: %w", i, err)
		}
		rows = append(rows, frameRows(path, float64(i)/rate, img, o)...)
	}
}

// readSequence reads a folder of frames in the order of their names, numbers by their value.
func readSequence(path string, files []folder.File, o *Options) (rows []Row) {
	slices.SortStableFunc(files, func(a, b folder.File) int { return compareNumbered(a.Name, b.Name) })
	i := 0
	for _, f := range files {
		if !raster.Named(f.Name) {
			continue
		}
		name := filepath.Join(path, filepath.FromSlash(f.Name))
		time := float64(i) / o.Rate
		i++
		err := f.Err
		var img image.Image
		if err == nil {
			img, err = photo.ReadFile(name, &o.Options)
		}
		if err != nil {
			note := strings.TrimPrefix(err.Error(), name+": ")
			rows = append(rows, Row{File: name, Film: true, Time: time, Note: note})
			continue
		}
		rows = append(rows, frameRows(name, time, img, o)...)
	}
	return rows
}

// compareNumbered compares names, runs of digits in them by their value: "frame 9" stands before "frame 10".
func compareNumbered(a, b string) int {
	digits := func(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
	for a != "" && b != "" {
		if i, k := digits(a), digits(b); i > 0 && k > 0 {
			x, y := strings.TrimLeft(a[:i], "0"), strings.TrimLeft(b[:k], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[i:], b[k:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// Curve draws what the net says of the largest face in each frame of a film, over time; frames without a
// face are left out. It returns an error if no row is of a film.
func (t *Table) Curve() (*figure.Figure, error) {
	names := t.Run.Config.Classes.Names()
	series := make([]figure.Series, len(names))
	for i, name := range names {
		series[i].Name, series[i].Color = name, figure.ClassColor(t.Run.Config.Classes, fer.Class(i))
	}
	frames, faces := 0, 0
	last, file := math.NaN(), ""
	for f := range t.all() {
		if !f.Film || f.Time == last {
			continue // The first face of a frame is the largest.
		}
		if f.Time < last {
			return nil, errors.New("a curve of several films: make one of each")
		}
		if frames == 0 {
			file = filepath.Base(f.File)
		}
		last = f.Time
		frames++
		for c := range series {
			y := math.NaN()
			if f.Face.Image != nil {
				y = f.Probs[c]
			}
			series[c].X, series[c].Y = append(series[c].X, f.Time), append(series[c].Y, y)
		}
		if f.Face.Image != nil {
			faces++
		}
	}
	if frames == 0 {
		return nil, errors.New("no film: a curve over time needs a video, or a folder of frames and their rate")
	}
	return figure.Lines(series, figure.Axis{Label: "time, s"}, figure.Axis{Label: "probability", Percent: true, Max: 1},
		figure.Options{Title: "Emotions over time", Caption: fmt.Sprintf("The largest face in each of %d frames from "+
			"%s on, %d with a face, read by the run %s.", frames, file, faces, t.Run.Name)})
}
