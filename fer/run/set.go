package run

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Set changes one field by its JSON name, such as "epochs=8", "augment.flip=false" or "cnn.filters=[32,64]". Unknown
// keys are errors that list the known ones.
func (c *Config) Set(assignment string) error { return Set(c, assignment) }

// Set changes one field of a configuration, a pointer to a struct, by its JSON name: see [Config.Set].
func Set(config any, assignment string) error {
	key, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("configuration: %q is not key=value", assignment)
	}
	field, err := findField(reflect.ValueOf(config).Elem(), strings.Split(key, "."))
	if err != nil {
		return fmt.Errorf("configuration: unknown key %q, %w", key, err)
	}
	if field.Kind() == reflect.String {
		value = strconv.Quote(value)
	}
	if err := unmarshal([]byte(value), field.Addr().Interface()); err != nil {
		if hasOwnJSON(field) {
			return fmt.Errorf("configuration: %s=%s: %w", key, value, err)
		}
		return fmt.Errorf("configuration: %s=%s: want a %s", key, value, field.Type())
	}
	return nil
}

func findField(v reflect.Value, path []string) (reflect.Value, error) {
	var known []string
	for name, field := range fields(v) {
		known = append(known, name)
		if name != path[0] {
			continue
		}
		if len(path) == 1 {
			return field, nil
		}
		if field.Kind() == reflect.Struct && !hasOwnJSON(field) {
			return findField(field, path[1:])
		}
		return reflect.Value{}, fmt.Errorf("%s has no fields", name)
	}
	return reflect.Value{}, fmt.Errorf("want one of %s", strings.Join(known, ", "))
}

// fields yields a struct's fields under their JSON names, those of an embedded struct in its place, as encoding/json
// does.
func fields(v reflect.Value) func(yield func(string, reflect.Value) bool) {
	return func(yield func(string, reflect.Value) bool) {
		for i := range v.NumField() {
			if v.Type().Field(i).Anonymous {
				for name, field := range fields(v.Field(i)) {
					if !yield(name, field) {
						return
					}
				}
				continue
			}
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if !yield(name, v.Field(i)) {
				return
			}
		}
	}
}

// hasOwnJSON says that a struct is no list of fields in JSON, as [fer.Classes] is none.
func hasOwnJSON(v reflect.Value) bool {
	_, ok := v.Interface().(json.Marshaler)
	return ok
}

// difference is a field in which two configurations differ.
type difference struct {
	key      string // "augment.erase"
	from, to reflect.Value
}

// compare lists the fields in which two structs differ, in their order. An empty list and none are equal.
func compare(found []difference, prefix string, from, to reflect.Value) []difference {
	second := map[string]reflect.Value{}
	for name, field := range fields(to) {
		second[name] = field
	}
	for name, a := range fields(from) {
		b := second[name]
		if a.Kind() == reflect.Struct && !hasOwnJSON(a) {
			found = compare(found, prefix+name+".", a, b)
		} else if text(a) != text(b) {
			found = append(found, difference{prefix + name, a, b})
		}
	}
	return found
}

// text is a field's JSON form.
func text(v reflect.Value) string {
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
		return "null"
	}
	data, _ := json.Marshal(v.Interface()) // Numbers, booleans, strings, lists and maps of them always have one.
	return string(data)
}

// Used is the configuration as far as it decides the outcome: without the sizes of other nets and the version of its
// form.
func (c Config) Used() Config {
	c.Version, c.Config = 0, c.Config.Used()
	return c
}

// Diff returns the assignments that turn one configuration into another, in the order of the fields, such as "epochs=8"
// and "augment.erase=0.25": each is what [Config.Set] takes. Equal configurations have none. See also [Config.Used].
func Diff(from, to Config) []string {
	var assignments []string
	for _, d := range compare(nil, "", reflect.ValueOf(from), reflect.ValueOf(to)) {
		value := text(d.to)
		if d.to.Kind() == reflect.String {
			value = d.to.String()
		}
		assignments = append(assignments, d.key+"="+value)
	}
	return assignments
}

// differences lists the fields in which two configurations differ as far as they decide the outcome, "" if none.
func (c Config) differences(other Config) string {
	var list []string
	for _, d := range compare(nil, "", reflect.ValueOf(c.Used()), reflect.ValueOf(other.Used())) {
		list = append(list, fmt.Sprintf("%s %s there, %s here", d.key, text(d.from), text(d.to)))
	}
	return strings.Join(list, "; ")
}
