package lab

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/synth"
	"ferlab/internal/atomicfile"
)

// photoSeed makes faces that no training source has by default.
const photoSeed = 7

// GroupPhoto draws a photo of four people, to try on it what reads photos.
func GroupPhoto() image.Image {
	m := ground(image.Pt(900, 420))
	for i, head := range []struct {
		face int
		at   image.Rectangle
	}{
		{24, image.Rect(30, 90, 270, 330)}, {23, image.Rect(300, 40, 480, 220)},
		{18, image.Rect(520, 150, 680, 310)}, {11, image.Rect(690, 60, 880, 250)},
	} {
		paste(m, synth.Make(photoSeed, head.face).Image, head.at, i%2 == 1)
	}
	return m
}

// FilmRate is how many frames a second [Film] has.
const FilmRate = 10

// Film draws a film of a person who begins to smile, and ceases to, as a folder of frames, and returns the folder.
func Film() (folder string, err error) {
	folder = Folder("film")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	smile := synth.Make(photoSeed, 24).Params
	for i := range 4 * FilmRate {
		p := smile
		strength := float32(math.Sin(math.Pi * float64(i) / (4*FilmRate - 1)))
		for k := range p.Action {
			p.Action[k] *= strength * strength
		}
		face, _ := synth.Render(p)
		m := ground(image.Pt(320, 240))
		paste(m, face, image.Rect(60+i, 20, 240+i, 200), false)
		var data bytes.Buffer
		if err := png.Encode(&data, m); err != nil {
			return "", err
		}
		path := filepath.Join(folder, fmt.Sprint("frame", i, ".png"))
		if err := atomicfile.WriteBytes(path, data.Bytes()); err != nil {
			return "", err
		}
	}
	return folder, nil
}

func ground(size image.Point) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	return m
}

func paste(m *image.RGBA, face *fer.Image, at image.Rectangle, mirrored bool) {
	g := face.Gray()
	if mirrored {
		for y := range fer.Size {
			for x := range fer.Size / 2 {
				a, b := y*g.Stride+x, y*g.Stride+fer.Size-1-x
				g.Pix[a], g.Pix[b] = g.Pix[b], g.Pix[a]
			}
		}
	}
	draw.CatmullRom.Scale(m, at, g, g.Bounds(), draw.Src, nil)
}
