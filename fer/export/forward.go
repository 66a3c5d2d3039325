package export

import (
	"math"

	"ferlab/fer"
)

// forward computes the logits of one face by the layers' definitions, in float64.
func forward(layers []layer, face *fer.Image) []float64 {
	x := make([]float64, fer.Pixels)
	for i, v := range face {
		x[i] = float64(v) / 255
	}
	values := map[string][]float64{pixels: x}
	for _, l := range layers {
		in := values[l.inputs[0]]
		var y []float64
		switch l.kind {
		case "Conv2D":
			y = l.conv(in)
		case "Dense":
			y = l.dense(in)
		case "BatchNormalization":
			y = l.batchNorm(in)
		case "ReLU":
			y = make([]float64, len(in))
			for i, v := range in {
				y[i] = max(v, 0)
			}
		case "MaxPooling2D":
			y = l.maxPool(in)
		case "GlobalAveragePooling2D":
			y = make([]float64, l.out[0])
			for i, v := range in {
				y[i%len(y)] += v / float64(len(in)/len(y))
			}
		case "Add":
			y = make([]float64, len(in))
			for i, v := range values[l.inputs[1]] {
				y[i] = in[i] + v
			}
		default: // Flatten, Dropout
			y = in
		}
		values[l.name] = y
	}
	return values[layers[len(layers)-1].name]
}

// conv is a convolution of stride 1 with equal padding on all sides.
func (l layer) conv(in []float64) []float64 {
	kernel := l.weights[0]
	kh, kw, cin, cout := kernel.dims[0], kernel.dims[1], kernel.dims[2], kernel.dims[3]
	h, w, ho, wo, pad := l.in[0], l.in[1], l.out[0], l.out[1], l.padding()
	y := make([]float64, ho*wo*cout)
	for r := range ho {
		for c := range wo {
			sum := y[(r*wo+c)*cout:][:cout]
			if len(l.weights) > 1 {
				for o, b := range l.weights[1].values {
					sum[o] = float64(b)
				}
			}
			for i := range kh {
				for j := range kw {
					row, col := r+i-pad, c+j-pad
					if row < 0 || row >= h || col < 0 || col >= w {
						continue
					}
					for k, v := range in[(row*w+col)*cin:][:cin] {
						if v == 0 {
							continue
						}
						for o, f := range kernel.values[((i*kw+j)*cin+k)*cout:][:cout] {
							sum[o] += v * float64(f)
						}
					}
				}
			}
		}
	}
	return y
}

func (l layer) dense(in []float64) []float64 {
	y := make([]float64, l.out[0])
	for o, b := range l.weights[1].values {
		y[o] = float64(b)
	}
	for k, v := range in {
		for o, f := range l.weights[0].values[k*len(y):][:len(y)] {
			y[o] += v * float64(f)
		}
	}
	return y
}

func (l layer) batchNorm(in []float64) []float64 {
	gamma, beta, mean, variance := l.weights[0].values, l.weights[1].values, l.weights[2].values, l.weights[3].values
	y := make([]float64, len(in))
	for i, v := range in {
		c := i % len(gamma)
		y[i] = (v-float64(mean[c]))/math.Sqrt(float64(variance[c])+epsilon)*float64(gamma[c]) + float64(beta[c])
	}
	return y
}

// epsilon is that of nn.BatchNorm.
const epsilon = 1e-3

func (l layer) maxPool(in []float64) []float64 {
	w, ho, wo, c := l.in[1], l.out[0], l.out[1], l.out[2]
	y := make([]float64, ho*wo*c)
	for r := range ho {
		for col := range wo {
			for k := range c {
				a, b := ((2*r)*w+2*col)*c+k, ((2*r+1)*w+2*col)*c+k
				y[(r*wo+col)*c+k] = max(in[a], in[a+c], in[b], in[b+c])
			}
		}
	}
	return y
}
