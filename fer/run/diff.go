package run

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Diff returns the assignments that turn one configuration into another, in the order of the fields, such as "epochs=8" and
// "augment.erase=0.25": each is what [Config.Set] takes. Equal configurations have none.
func Diff(from, to Config) []string { return diff(nil, "", reflect.ValueOf(from), reflect.ValueOf(to)) }

func diff(found []string, prefix string, from, to reflect.Value) []string {
	for i := range from.NumField() {
		name, _, _ := strings.Cut(from.Type().Field(i).Tag.Get("json"), ",")
		a, b := from.Field(i), to.Field(i)
		if a.Kind() == reflect.Struct {
			found = diff(found, prefix+name+".", a, b)
			continue
		}
		if reflect.DeepEqual(a.Interface(), b.Interface()) {
			continue
		}
		value := b.String()
		if b.Kind() != reflect.String {
			data, _ := json.Marshal(b.Interface()) // Numbers, booleans and lists of them and of strings always have a JSON form.
			value = string(data)
		}
		found = append(found, prefix+name+"="+value)
	}
	return found
}
