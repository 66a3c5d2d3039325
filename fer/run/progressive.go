package run

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/internal/check"
)

// Progressive configures progressive resizing (Howard 2018; Tan & Le 2021): in a training's first epochs the net sees
// smaller images, of which an epoch costs less. The zero value is none. It is for nets that take images of any size,
// such as [ferlab/fer/model.ResNet]; teachers, evaluation and the finished run have them at full size.
type Progressive struct {
	Size   int `json:"size"`   // Height and width of the smaller images, pixels, below 48.
	Epochs int `json:"epochs"` // How many epochs are of them.
}

// minProgressive is the height and width of the smallest images of progressive resizing in pixels: four halvings leave
// one.
const minProgressive = 16

// validate adds the fields with impossible values in a configuration.
func (p Progressive) validate(f check.Fields, c Config) {
	if p == (Progressive{}) {
		return
	}
	f.That(c.AnySize(), "model", c.Model, "one that takes images of any size, with progressive: resnet or custom")
	f = f.Under("progressive")
	f.That(p.Size >= minProgressive && p.Size < fer.Size, "size", p.Size,
		fmt.Sprintf("from %d to %d pixels", minProgressive, fer.Size-1))
	f.That(p.Epochs > 0 && p.Epochs < c.Epochs, "epochs", p.Epochs, "above 0 and below those of the training")
}

// resize returns the images [n, 48, 48] as the net sees them in an epoch, counted from 0: [n, size, size]. Each pixel
// is a weighted mean of those around its place.
func (p Progressive) resize(images []uint8, epoch int) (resized []uint8, size int) {
	if epoch >= p.Epochs {
		return images, fer.Size
	}
	small := image.Rect(0, 0, p.Size, p.Size)
	scaler := draw.BiLinear.NewScaler(p.Size, p.Size, fer.Size, fer.Size)
	n := len(images) / fer.Pixels
	resized = make([]uint8, n*p.Size*p.Size)
	for i := range n {
		src := &image.Gray{Pix: images[i*fer.Pixels:], Stride: fer.Size, Rect: image.Rect(0, 0, fer.Size, fer.Size)}
		dst := &image.Gray{Pix: resized[i*p.Size*p.Size:], Stride: p.Size, Rect: small}
		scaler.Scale(dst, small, src, src.Rect, draw.Src, nil)
	}
	return resized, p.Size
}
