package explain

import "strings"

var titles = map[string]string{
	"rise": "RISE", "layer-cam": "LayerCAM", "grad-cam": "Grad-CAM", "grad-cam++": "Grad-CAM++",
	"smoothgrad": "SmoothGrad", "smoothgrad-squared": "SmoothGrad, squared", "vargrad": "VarGrad",
	"guided-backprop": "guided backpropagation", "integrated-gradients": "integrated gradients",
	"input-x-gradient": "input × gradient",
}

// Title writes a method's name as its authors do: "LayerCAM, relu2" for "layer-cam relu2". It returns other names as
// they are.
func Title(name string) string {
	first, rest, more := strings.Cut(name, " ")
	title, ok := titles[first]
	switch {
	case !ok:
		return name
	case more:
		return title + ", " + rest
	}
	return title
}
