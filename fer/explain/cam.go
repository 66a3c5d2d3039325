package explain

import (
	"errors"
	"fmt"
	"image"
	"math"

	"ferlab/fer"
)

// CAMLayer says which layer a class activation map is taken from and how it is laid over the image. The zero value is
// ready for use.
type CAMLayer struct {
	// Layer is a layer with positions, such as "relu3"; empty means the deepest ReLU with at least 8×8 of them.
	Layer string
	// Stretch lays the map over the whole image, as other programs do, instead of placing each position where it looks.
	Stretch bool
}

func (c CAMLayer) suffix() string {
	s := ""
	if c.Layer != "" {
		s = " " + c.Layer
	}
	if c.Stretch {
		s += " stretched"
	}
	return s
}

// ErrNeedsConvolution says that a net is of the wrong kind for a method.
var ErrNeedsConvolution = errors.New("a class activation map needs a convolution; use gradient, " +
	"integrated-gradients or occlusion")

const minPositions = 8 // height and width of the default layer

// resolve returns the layer's name, size and channels.
func (c CAMLayer) resolve(m *Model) (name string, height, width, channels int, err error) {
	if c.Layer == "" {
		for _, l := range m.layers {
			if l.Type == "ReLU" && len(l.Output) == 3 && (c.Layer == "" || l.Output[0] >= minPositions) {
				c.Layer = l.Name
			}
		}
		if c.Layer == "" {
			return "", 0, 0, 0, fmt.Errorf("the net %s has no layer with positions: %w", m.Name, ErrNeedsConvolution)
		}
	}
	l, err := m.Layer(c.Layer)
	if err != nil {
		return "", 0, 0, 0, err
	}
	if len(l.Output) != 3 {
		return "", 0, 0, 0, fmt.Errorf("layer %s (%s) has no positions: a class activation map needs a convolution, "+
			"its batch norm, ReLU or pool", l.Name, l.Type)
	}
	return l.Name, l.Output[0], l.Output[1], l.Output[2], nil
}

// Weigh turns a layer's activations and gradients of an image, [positions][channels] flattened, into one value per
// position: it is where the methods of class activation differ.
type Weigh func(activations, gradients []float32, channels int) []float64

// CAM is a class activation map of one's own: see [GradCAM] for how the library's are made.
type CAM struct {
	CAMLayer
	Called string // The method's name.
	Weigh  Weigh
}

// Name implements [Method].
func (a CAM) Name() string { return a.Called + a.suffix() }

// Attribute implements [Method].
func (a CAM) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	return a.attribute(a, m, images, classes, a.Weigh)
}

// attribute makes class activation maps.
func (c CAMLayer) attribute(method Method, m *Model, images []*fer.Image, classes []fer.Class, weigh Weigh) ([]*Map,
	error) {
	name, height, width, channels, err := c.resolve(m)
	if err = errors.Join(m.check(images, classes), err); err != nil {
		return nil, err
	}
	activations, gradients, err := m.ActivationsAndGradients(name, images, classes)
	if err != nil {
		return nil, err
	}
	grid, err := m.Grid(name)
	if err != nil {
		return nil, err
	}
	place := grid.fade
	if c.Stretch {
		place = stretched(height, width).upsample
	}
	maps := make([]*Map, len(images))
	for i := range maps {
		cam := weigh(activations[i], gradients[i], channels)
		for k, v := range cam {
			cam[k] = math.Max(v, 0) // NaN stays NaN.
		}
		maps[i] = &Map{Values: place(cam)}
	}
	return checked(method, maps, fmt.Sprintf("zero everywhere: no position of %s speaks for the class; take a layer "+
		"nearer to the image", name))
}

// Grid says where a layer's positions lie in the image: position (row, column) sees a square window whose centre is at
// pixel (Y + StepY·row, X + StepX·column).
type Grid struct {
	Height, Width      int
	X, Y, StepX, StepY float64
	Window             int // Side of the window, in pixels.
}

// Patch returns the part of an image that a position sees, counted row by row.
func (g Grid) Patch(position int) image.Rectangle {
	left := g.X + g.StepX*float64(position%g.Width) - float64(g.Window-1)/2
	top := g.Y + g.StepY*float64(position/g.Width) - float64(g.Window-1)/2
	x, y := int(math.Round(left)), int(math.Round(top))
	return image.Rect(x, y, x+g.Window, y+g.Window).Intersect(image.Rect(0, 0, fer.Size, fer.Size))
}

// Grid returns the grid of a layer with positions, from the kernels, strides and paddings of the layers up to it. It
// returns an error if a layer's size doesn't follow from these, as when a strided convolution isn't recorded.
func (m *Model) Grid(layer string) (Grid, error) {
	if _, err := m.Layer(layer); err != nil {
		return Grid{}, err
	}
	g := Grid{Height: fer.Size, Width: fer.Size, StepX: 1, StepY: 1, Window: 1}
	for _, l := range m.layers {
		if len(l.Output) != 3 {
			return Grid{}, fmt.Errorf("layer %s has no positions in the image", layer)
		}
		height, width := l.Output[0], l.Output[1]
		kernel, stride := max(l.Kernel, 1), max(l.Stride, 1)
		follows := func(n int) int { return (n+2*l.Pad-kernel)/stride + 1 }
		if height != follows(g.Height) || width != follows(g.Width) {
			return Grid{}, fmt.Errorf("layer %s has %d×%d positions, %d×%d follow from the layer before it, its "+
				"kernel of %d, stride of %d and padding of %d: give those of a layer of your own to nn.Record",
				l.Name, height, width, follows(g.Height), follows(g.Width), kernel, stride, l.Pad)
		}
		offset := float64(kernel-1)/2 - float64(l.Pad)
		g.Y, g.X = g.Y+g.StepY*offset, g.X+g.StepX*offset
		g.Window += int(g.StepY) * (kernel - 1)
		g.StepY, g.StepX = g.StepY*float64(stride), g.StepX*float64(stride)
		g.Height, g.Width = height, width
		if l.Name == layer {
			break
		}
	}
	return g, nil
}

// stretched is the grid of a map that covers the whole image.
func stretched(height, width int) Grid {
	stepY, stepX := float64(fer.Size)/float64(height), float64(fer.Size)/float64(width)
	return Grid{Height: height, Width: width, X: (stepX - 1) / 2, Y: (stepY - 1) / 2, StepX: stepX, StepY: stepY}
}

// fade is upsample with a ring of zeros around the positions: where the layer doesn't look, the map says nothing.
func (g Grid) fade(cam []float64) [fer.Pixels]float64 {
	ring := g
	ring.Height, ring.Width, ring.X, ring.Y = g.Height+2, g.Width+2, g.X-g.StepX, g.Y-g.StepY
	padded := make([]float64, ring.Height*ring.Width)
	for y := range g.Height {
		copy(padded[(y+1)*ring.Width+1:], cam[y*g.Width:(y+1)*g.Width])
	}
	return ring.upsample(padded)
}

// upsample interpolates linearly between positions; beyond the outermost it repeats them.
func (g Grid) upsample(cam []float64) (values [fer.Pixels]float64) {
	place := func(pixel int, start, step float64, n int) (low, high int, t float64) {
		p := min(max((float64(pixel)-start)/step, 0), float64(n-1))
		low = int(p)
		return low, min(low+1, n-1), p - float64(low)
	}
	for y := range fer.Size {
		y0, y1, ty := place(y, g.Y, g.StepY, g.Height)
		for x := range fer.Size {
			x0, x1, tx := place(x, g.X, g.StepX, g.Width)
			top := (1-tx)*cam[y0*g.Width+x0] + tx*cam[y0*g.Width+x1]
			bottom := (1-tx)*cam[y1*g.Width+x0] + tx*cam[y1*g.Width+x1]
			values[y*fer.Size+x] = (1-ty)*top + ty*bottom
		}
	}
	return values
}
