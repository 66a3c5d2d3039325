package lab

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/synth"
	"ferlab/internal/atomicfile"
)

// drawnClasses are the classes of [DrawAlbum]: what muscles do at full strength. Two are much like neutral and happy,
// and two none of the seven emotions.
var drawnClasses = []struct {
	name   string
	action synth.ActionUnits
}{
	{"calm", synth.ActionUnits{}},
	{"laughing", synth.ActionUnits{synth.CheekRaise: 0.9, synth.LipCornerPull: 1, synth.LipsPart: 1,
		synth.JawDrop: 0.5}},
	{"pouting", synth.ActionUnits{synth.LipPucker: 1, synth.ChinRaise: 0.7, synth.LipCornerDepress: 0.5,
		synth.BrowLower: 0.3}},
	{"tired", synth.ActionUnits{synth.LidDroop: 0.9, synth.InnerBrowRaise: 0.3, synth.LipCornerDepress: 0.3}},
}

// DrawAlbum draws an album: photos of people who are calm, laughing, pouting and tired, more or less, twice each, in a
// folder per class and in it a folder per person; one photo without a face, and a copy of one. It returns the folder,
// and leaves photos that are there already as they are.
func DrawAlbum() (folder string, err error) {
	people, name := 24, "album"
	if Small() {
		people, name = 3, "album-small"
	}
	folder = ownFolder(name)
	var copied []byte
	for p := range people {
		for c, class := range drawnClasses {
			for k := range 2 {
				tone := rand.New(rand.NewPCG(photoSeed, uint64(1000*p+10*c+k)))
				face := expression(p, c, k, 0.3+0.7*tone.Float32())
				photo, err := jpegOf(portrait(face, 200+tone.IntN(200), tone.IntN(31)-15))
				if err != nil {
					return "", err
				}
				path := filepath.Join(folder, class.name, fmt.Sprintf("person%02d", p+1), fmt.Sprint(k+1, ".jpg"))
				if err := keep(path, photo); err != nil {
					return "", err
				}
				copied = photo
			}
		}
	}
	nobody, err := jpegOf(emptyRoom())
	if err != nil {
		return "", err
	}
	last := drawnClasses[len(drawnClasses)-1].name
	if err := keep(filepath.Join(folder, drawnClasses[0].name, "person01", "nobody.jpg"), nobody); err != nil {
		return "", err
	}
	return folder, keep(filepath.Join(folder, last, fmt.Sprintf("person%02d", people), "copy of 2.jpg"), copied)
}

// NewPeople draws a photo of three people whom [DrawAlbum] doesn't know: laughing, pouting and tired.
func NewPeople() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 750, 300))
	for i := range 3 {
		one := portrait(expression(200+i, 1+i, 0, 1), 250, 20)
		draw.Draw(m, image.Rect(250*i, 0, 250*(i+1), 300), one, image.Point{}, draw.Src)
	}
	return m
}

// portrait is a photo, so many pixels wide, of a head before a wall, warmer than grey by some levels.
func portrait(face *fer.Image, width, warmth int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, width, width*6/5))
	g := face.Gray()
	draw.Draw(m, m.Rect, image.NewUniform(g.At(0, 0)), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(m, image.Rect(0, width/5, width, m.Rect.Dy()), g, g.Rect, draw.Src, nil)
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i] = uint8(min(255, max(0, int(m.Pix[i])+warmth)))
		m.Pix[i+2] = uint8(min(255, max(0, int(m.Pix[i+2])-warmth)))
	}
	return m
}

// expression is a person's face in a class at a strength of up to 1, before a plain wall, each time in another pose and
// light.
func expression(person, class, k int, strength float32) *fer.Image {
	who := synth.Sample(rand.New(rand.NewPCG(photoSeed, uint64(person))), fer.Neutral)
	rng := rand.New(rand.NewPCG(photoSeed+1, uint64(1000*person+10*class+k)))
	p := synth.Sample(rng, fer.Neutral)
	p.Identity, p.Occlusion = who.Identity, synth.Occlusion{}
	p.Pose.Scale, p.Pose.Y = min(p.Pose.Scale, 0.87), max(p.Pose.Y, 2) // The hair is in the picture.
	p.Scene = synth.Scene{Grey: p.Scene.Grey, Clothes: p.Scene.Clothes}
	for i := range p.Scene.Blobs {
		p.Scene.Blobs[i] = synth.Blob{RX: 1, RY: 1, Grey: p.Scene.Grey}
	}
	p.Light.Shadow, p.Camera.Noise = 0, 0
	for au, level := range drawnClasses[class].action {
		p.Action[au] = min(1, p.Action[au]+strength*level)
	}
	face, _ := synth.Render(p)
	return face
}

// emptyRoom is a wall with a window.
func emptyRoom() image.Image {
	m := ground(image.Pt(400, 320))
	sky := image.NewUniform(color.RGBA{R: 225, G: 235, B: 240, A: 255})
	draw.Draw(m, image.Rect(220, 40, 340, 200), sky, image.Point{}, draw.Src)
	return m
}

func jpegOf(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90})
	return b.Bytes(), err
}

// keep writes a file unless it holds the same already, so that its time says when it changed.
func keep(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, data)
}
