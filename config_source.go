package retort

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Source is a set of settings from one place: a file, the environment. Keys
// are spelled as in Flask, SECRET_KEY; values are what JSON has.
type Source struct {
	Name   string // for error messages: the file, or whose environment
	Values map[string]any
	Err    error // why the source could not be read
}

// JSONFile reads settings from a JSON object in a file. A file that does not
// exist is an error.
func JSONFile(name string) Source {
	s := Source{Name: name}
	data, err := os.ReadFile(name) //nolint:gosec // the program names the file
	if err != nil {
		s.Err = err
		return s
	}
	if err := json.Unmarshal(data, &s.Values); err != nil {
		s.Err = fmt.Errorf("%s: %w", name, err)
	}
	return s
}

// Env reads settings from the environment: with the prefix "RETORT",
// RETORT_MAX_CONTENT_LENGTH=1000000. Values are JSON where they can be, else
// text, as in Flask's from_prefixed_env.
func Env(prefix string) Source { return envSource(prefix, os.Environ()) }

func envSource(prefix string, environ []string) Source {
	s := Source{Name: "environment", Values: map[string]any{}}
	for _, kv := range environ {
		key, value, _ := strings.Cut(kv, "=")
		name, ok := strings.CutPrefix(key, prefix+"_")
		if !ok || name == "" {
			continue
		}
		var v any
		if json.Unmarshal([]byte(value), &v) != nil {
			v = value
		}
		s.Values[name] = v
	}
	return s
}

// Load sets the fields of a struct, a [Config] or a program's own, from sources;
// later ones win. A field MaxContentLength is the key MAX_CONTENT_LENGTH. A key
// with _FILE behind it names a file that holds the value, as container secrets
// do. Durations are text ("90s") or seconds; 1, 0, True and False are truth values
// too, as people write them in an environment.
//
// A key that the struct does not have, and a value that its field cannot take,
// are errors that name the source: a setting that is misspelled is a defence
// that is off.
func Load(dst any, sources ...Source) error {
	fields, err := settings(dst)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range sources {
		if s.Err != nil {
			errs = append(errs, fmt.Errorf("config: %w", s.Err))
			continue
		}
		for _, key := range sortedKeys(s.Values) {
			if err := set(fields, key, s.Values[key]); err != nil {
				errs = append(errs, fmt.Errorf("config: %s: %s: %w", s.Name, key, err))
			}
		}
	}
	return errors.Join(errs...)
}

// settings are the fields of a struct that text can set, by key.
func settings(dst any) (map[string]reflect.Value, error) {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("config: Load wants a pointer to a struct, not a %T", dst)
	}
	fields := map[string]reflect.Value{}
	for _, f := range reflect.VisibleFields(v.Elem().Type()) {
		if f.IsExported() && !f.Anonymous && settable(f.Type) {
			fields[strings.ToUpper(snakeCase(f.Name))] = v.Elem().FieldByIndex(f.Index)
		}
	}
	return fields, nil
}

func settable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int64, reflect.Float64:
		return true
	case reflect.Slice:
		return t.Elem().Kind() == reflect.Uint8 || settable(t.Elem()) || t.Elem() == reflect.TypeFor[[]byte]()
	}
	return false
}

func set(fields map[string]reflect.Value, key string, v any) error {
	field, ok := fields[key]
	if base, isFile := strings.CutSuffix(key, "_FILE"); !ok && isFile {
		if field, ok = fields[base]; ok {
			name, isText := v.(string)
			if !isText {
				return errors.New("want the name of a file")
			}
			data, err := os.ReadFile(name) //nolint:gosec // whoever sets the configuration names the file
			if err != nil {
				return err
			}
			v = strings.TrimRight(string(data), "\r\n")
		}
	}
	if !ok {
		return fmt.Errorf("there is no such setting; there are %s", strings.Join(sortedKeys(fields), ", "))
	}
	return assign(field, v)
}

// assign converts v, as JSON decodes it, to the field's type.
func assign(field reflect.Value, v any) error {
	want := field.Type()
	switch v := v.(type) {
	case string:
		return assignText(field, v)
	case bool:
		if want.Kind() == reflect.Bool {
			field.SetBool(v)
			return nil
		}
	case float64:
		return assignNumber(field, v)
	case []any:
		if want.Kind() == reflect.Slice && want.Elem().Kind() != reflect.Uint8 {
			list := reflect.MakeSlice(want, len(v), len(v))
			for i := range v {
				if err := assign(list.Index(i), v[i]); err != nil {
					return fmt.Errorf("item %d: %w", i, err)
				}
			}
			field.Set(list)
			return nil
		}
	}
	return fmt.Errorf("a %T cannot be a %s", v, want)
}

func assignText(field reflect.Value, text string) error {
	switch want := field.Type(); {
	case want == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		field.SetInt(int64(d))
	case want == reflect.TypeFor[http.SameSite]():
		modes := map[string]http.SameSite{"lax": http.SameSiteLaxMode, "strict": http.SameSiteStrictMode, "none": http.SameSiteNoneMode}
		mode, ok := modes[strings.ToLower(text)]
		if !ok {
			return fmt.Errorf("%q is none of Lax, Strict, None", text)
		}
		field.SetInt(int64(mode))
	case want.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q cannot be a bool", text)
		}
		field.SetBool(b)
	case want.Kind() == reflect.String:
		field.SetString(text)
	case want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Uint8:
		field.SetBytes([]byte(text))
	case want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.String:
		list := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		field.Set(reflect.ValueOf(list).Convert(want))
	default:
		return fmt.Errorf("%q cannot be a %s", text, want)
	}
	return nil
}

// maxSeconds is what a time.Duration can hold, rounded down.
const maxSeconds = math.MaxInt64 / 1e9

func assignNumber(field reflect.Value, n float64) error {
	want := field.Type()
	isDuration := want == reflect.TypeFor[time.Duration]()
	switch {
	case isDuration && math.Abs(n) < maxSeconds:
		field.SetInt(int64(n * float64(time.Second)))
	case want.Kind() == reflect.Float64:
		field.SetFloat(n)
	case want.Kind() == reflect.Bool && (n == 0 || n == 1):
		field.SetBool(n == 1)
	case field.CanInt() && !isDuration && want != reflect.TypeFor[http.SameSite]() && n == float64(int64(n)):
		field.SetInt(int64(n))
	case want.Kind() == reflect.String || want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Uint8:
		return fmt.Errorf("the number %v cannot be text; put it in quotes", n)
	default:
		return fmt.Errorf("the number %v cannot be a %s", n, want)
	}
	return nil
}

// Settings lists the settings of a struct as [Load] would read them, sorted, one
// per line: KEY=value. Secrets, the keys with SECRET, KEY, PASSWORD or TOKEN in
// their name and the passwords in URLs, are masked.
func Settings(src any) ([]string, error) {
	v := reflect.ValueOf(src)
	if v.Kind() != reflect.Pointer {
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		src = p.Interface()
	}
	fields, err := settings(src)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, key := range sortedKeys(fields) {
		lines = append(lines, key+"="+show(key, fields[key]))
	}
	return lines, nil
}

func show(key string, v reflect.Value) string {
	if v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
		return ""
	}
	for _, secret := range []string{"SECRET", "PASSWORD", "TOKEN", "KEY"} {
		if strings.Contains(key, secret) {
			return "(hidden)"
		}
	}
	text := fmt.Sprint(v.Interface())
	if strings.Contains(strings.ToLower(text), "password=") {
		return "(hidden)" // host=db user=blog password=…
	}
	if strings.Contains(text, "://") && strings.Contains(text, "@") {
		u, err := url.Parse(text)
		if err != nil {
			return "(hidden)" // several, or none that can be taken apart
		}
		return u.Redacted()
	}
	return text
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
