package explain

import (
	"fmt"

	"ferlab/fer"
)

// AscentOptions configures [Ascend]; nil, or a field's zero value, means the default.
type AscentOptions struct {
	Steps        int     // Steps of Adam (Kingma & Ba 2015); default 256.
	LearningRate float64 // Default 0.05.
	// Pixels ascends in single pixels. The default are the amplitudes of waves (cosine transform), each scaled by the
	// inverse of its frequency as in photographs, so that coarse forms come first (Olah et al. 2017, who also
	// decorrelate colours: grey has none).
	Pixels bool
	// Jitter moves the picture at random by up to so many pixels at every step, Zoom enlarges or shrinks it by up to
	// that share, and Rotation turns it by up to so many degrees, so that no form depends on the pixel raster; defaults
	// 2, 0.05 and 3, negative for none.
	Jitter, Zoom, Rotation float64
	// TotalVariation is the weight of the mean difference of neighbouring pixels, and L2 that of the mean squared
	// distance from mid-grey, in units of the channel's answer; defaults 0.2 and 0.1, negative for none.
	TotalVariation, L2 float64
	// Blur is how much the finest wave loses of its amplitude at each step (others less, by their squared frequency),
	// 0…1; 0 is none. It has no effect with Pixels.
	Blur float64
	// Middle ascends the neuron in the middle of the layer instead of the channel, whose answer is the mean of a leaky
	// ReLU over all positions.
	Middle bool
	// Start is what the ascent begins with; nil is mid-grey with faint noise, and black or white for a channel that
	// answers to that more than to where the way from mid-grey ends.
	Start *fer.Image
	Seed  uint64
}

func (o *AscentOptions) withDefaults() (AscentOptions, error) {
	c := AscentOptions{}
	if o != nil {
		c = *o
	}
	fill := func(v *float64, standard float64) {
		switch {
		case *v == 0:
			*v = standard
		case *v < 0:
			*v = 0
		}
	}
	fill(&c.LearningRate, 0.05)
	fill(&c.Jitter, 2)
	fill(&c.Zoom, 0.05)
	fill(&c.Rotation, 3)
	fill(&c.TotalVariation, 0.2)
	fill(&c.L2, 0.1)
	if c.Steps == 0 {
		c.Steps = 256
	}
	if c.Steps < 0 || c.LearningRate == 0 || c.Jitter >= fer.Size/2 || c.Zoom >= 1 || c.Rotation > maxRotation ||
		c.Blur < 0 || c.Blur >= 1 {
		return c, fmt.Errorf("gradient ascent with %d steps, rate %g, jitter %g, zoom %g, rotation %g, blur %g: "+
			"want positive steps and rate, jitter below %d, zoom below 1, rotation up to %d degrees, blur in 0…1",
			c.Steps, c.LearningRate, c.Jitter, c.Zoom, c.Rotation, c.Blur, fer.Size/2, maxRotation)
	}
	return c, nil
}

// Ascent is a picture that a channel answers to.
type Ascent struct {
	Layer   string
	Channel int
	Middle  bool // Only the channel's middle neuron was ascended.
	Image   *fer.Image
	// The channel's answer to Image: the mean over the positions of a leaky ReLU (0.1), or the middle neuron's value.
	Activation float64
	Peak       float64   // The largest value at any position.
	Predicted  fer.Class // The class that the net takes Image for.
}

// Ascend makes, by gradient ascent, the picture that each channel of a layer answers to most (Erhan et al. 2009). All
// channels ascend in one graph, 64 at a time, and all steps run as a loop within it. The layer is taken before its
// ReLU, see [Model.PreActivation]. The same options and channels give the same pictures.
//
// Ascending 64 filters of the original report's net by 256 steps takes 7, 38, 58 and 60 s for conv1 … conv4 on two
// cores of an AMD EPYC, the start of the program and drawing included.
func Ascend(m *Model, layer string, channels []int, o *AscentOptions) ([]Ascent, error) {
	options, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if layer, err = m.PreActivation(layer); err != nil {
		return nil, err
	}
	if err := m.checkChannels(layer, channels); err != nil {
		return nil, err
	}
	ascents, err := m.measuredAscents(layer, channels, options)
	if err != nil || options.Start != nil {
		return ascents, err
	}
	return ascents, m.startAgain(ascents, layer, options)
}

// startAgain replaces ascents that have ended below what the channel answers to plain black or white, as those of
// filters for darkness or light may, by such that start there, or by the plain picture itself if it is the best.
func (m *Model) startAgain(ascents []Ascent, layer string, o AscentOptions) error {
	black, white := new(fer.Image), new(fer.Image)
	for k := range white {
		white[k] = 255
	}
	plain := []*fer.Image{black, white}
	r, err := m.responses(layer, allPixels(plain))
	if err != nil {
		return err
	}
	answers := r.answers(o.Middle)
	for i, start := range plain {
		var low, channels []int
		for k, a := range ascents {
			if v := float64(answers[i][a.Channel]); v > a.Activation && v >= float64(answers[1-i][a.Channel]) {
				low, channels = append(low, k), append(channels, a.Channel)
			}
		}
		o.Start = start
		again, err := m.measuredAscents(layer, channels, o)
		if err != nil {
			return err
		}
		for n, k := range low {
			ascents[k] = newAscent(layer, channels[n], o.Middle, start, r, i)
			if again[n].Activation > ascents[k].Activation {
				ascents[k] = again[n]
			}
		}
	}
	return nil
}

// measuredAscents ascends the channels and notes what the net answers to the pictures.
func (m *Model) measuredAscents(layer string, channels []int, options AscentOptions) ([]Ascent, error) {
	ascents := make([]Ascent, len(channels))
	var images []*fer.Image
	for start := 0; start < len(channels); start += maxBatch {
		part, err := m.ascend(layer, channels[start:min(start+maxBatch, len(channels))], options)
		if err != nil {
			return nil, err
		}
		images = append(images, part...)
	}
	if len(images) == 0 {
		return nil, nil
	}
	r, err := m.responses(layer, allPixels(images))
	if err != nil {
		return nil, err
	}
	for i, c := range channels {
		ascents[i] = newAscent(layer, c, options.Middle, images[i], r, i)
	}
	return ascents, nil
}

// newAscent describes picture i of the responses.
func newAscent(layer string, channel int, middle bool, picture *fer.Image, r responses, i int) Ascent {
	return Ascent{layer, channel, middle, picture, float64(r.answers(middle)[i][channel]), float64(r.peaks[i][channel]),
		highest(r.logits[i])}
}

// AscendClasses makes the picture that raises the logit of each class most.
func AscendClasses(m *Model, o *AscentOptions) ([]Ascent, error) {
	channels := make([]int, m.Classes.Len())
	for c := range channels {
		channels[c] = c
	}
	return Ascend(m, m.layers[len(m.layers)-1].Name, channels, o)
}
