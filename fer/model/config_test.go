package model_test

import (
	"reflect"
	"testing"

	"ferlab/fer/model"
	"ferlab/internal/check"
)

// Every net that a configuration may ask for has default sizes, which are valid, make a net, and are all that is used
// of the configuration.
func TestConfigKnowsEveryNet(t *testing.T) {
	for _, name := range model.Names() {
		c := model.OriginalSizes()
		c.Model = name
		fields := check.New()
		c.Validate(fields)
		if err := fields.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if net, err := c.Net(nil); err != nil || net == nil {
			t.Errorf("%s: %v", name, err)
		}
		used := reflect.ValueOf(c.Used())
		for i := range used.NumField() {
			tag := used.Type().Field(i).Tag.Get("json")
			if want := tag == "model" || tag == name; used.Field(i).IsZero() == want {
				t.Errorf("of %s, the field %q is used: %v, want %v", name, tag, !want, want)
			}
		}
		if c.Model = "unknown"; c.Used().Model != "unknown" {
			t.Error("the name is lost")
		}
	}
}
