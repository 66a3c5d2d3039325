package model

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/internal/check"
)

// Config names a net and holds the sizes of every net: another name is another net. Zero is zero; [OriginalSizes] has
// defaults.
//
// A new net is a file with its own configuration, an entry here and one in architectures.
type Config struct {
	Model  string       `json:"model"` // One of [Names], or [Custom].
	CNN    CNNConfig    `json:"cnn"`
	DNN    DNNConfig    `json:"dnn"`
	ResNet ResNetConfig `json:"resnet"`
	// Classes are what the net tells apart, an output each; the zero value is the seven emotions. A training takes its
	// source's.
	Classes fer.Classes `json:"classes"`
}

// Custom is the model's name for a net that is given as a function.
const Custom = "custom"

// architecture is a net's own configuration.
type architecture interface {
	// Net returns the net of these sizes for so many classes.
	Net(classes int) Net
	// Validate adds the fields with impossible values.
	Validate(check.Fields)
}

// named is an architecture under its name.
type named struct {
	name string
	architecture
	anySize bool // It takes images of any size, not only 48×48.
}

func (c Config) architectures() []named {
	return []named{{"cnn", c.CNN, false}, {"dnn", c.DNN, false}, {"resnet", c.ResNet, true}}
}

// OriginalSizes are the sizes of the original report's CNN and DNN, dropout of 0.25 included, and of a ResNet with as
// many parameters. The model has no name.
func OriginalSizes() Config {
	return Config{CNN: OriginalCNN(), DNN: OriginalDNN(), ResNet: SmallResNet()}
}

// Names returns the names of the nets that a configuration may ask for.
func Names() []string {
	var names []string
	for _, a := range (Config{}).architectures() {
		names = append(names, a.name)
	}
	return names
}

// The largest nets that a configuration may ask for: in channels or units of a layer, and in layers of a kind.
const maxUnits, maxLayers = 1 << 16, 100

// Validate adds the fields with impossible values; those of nets that the configuration doesn't ask for don't count.
func (c Config) Validate(f check.Fields) {
	if c.Model != Custom {
		f.OneOf("model", c.Model, append(Names(), Custom)...)
	}
	for _, a := range c.architectures() {
		if a.name == c.Model {
			a.Validate(f.Under(a.name))
		}
	}
}

// AnySize says that the net takes images of any size, not only 48×48. A custom net may.
func (c Config) AnySize() bool {
	for _, a := range c.architectures() {
		if a.name == c.Model {
			return a.anySize
		}
	}
	return true
}

// Net returns the configured net, or custom if the model is [Custom]: with another number of outputs than classes,
// building that one is an error.
func (c Config) Net(custom Net) (Net, error) {
	if c.Model == Custom && custom != nil {
		return func(s *gomlx.Scope, images *graph.Node) *graph.Node {
			logits := custom(s, images)
			if err := checkOutputs(images, logits, c.Classes); err != nil {
				panic(err)
			}
			return logits
		}, nil
	}
	for _, a := range c.architectures() {
		if a.name == c.Model {
			return a.Net(c.Classes.Len()), nil
		}
	}
	if c.Model == Custom {
		return nil, fmt.Errorf("the model is %q: give its net in the options", c.Model)
	}
	return nil, fmt.Errorf("model is %q, want one of %s", c.Model, strings.Join(append(Names(), Custom), ", "))
}

// Used returns the configuration without the sizes of nets that it doesn't ask for: two that agree in it make the same
// net.
func (c Config) Used() Config {
	v := reflect.ValueOf(&c).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("json"); name != "model" && name != "classes" && name != c.Model {
			v.Field(i).SetZero()
		}
	}
	return c
}
