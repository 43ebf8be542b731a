// Package configfile reads settings from TOML, YAML and .env files, as sources
// for [retort.Load]:
//
//	err := retort.Load(&cfg,
//		configfile.TOML("instance/config.toml"),
//		configfile.DotEnv(".env", "BLOG"),
//		retort.Env("BLOG"), // what the environment says wins
//	)
//
// It is a module of its own because of the parsers: koanf's for TOML and YAML,
// and godotenv. The framework itself reads JSON and the environment. What holds
// there holds here: keys are spelled as in Flask, and a key that the struct does
// not have, or a value that its field cannot take, is an error that names the
// file and the key.
package configfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"github.com/joho/godotenv"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/parsers/yaml"

	"github.com/retort-go/retort"
)

// maxFile is the size in bytes of the largest file that is read. Settings are a
// few lines; a path that leads elsewhere by mistake should not fill the memory.
const maxFile = 1 << 20

// TOML reads settings from a TOML file. A file that does not exist is an error.
func TOML(name string) retort.Source { return read(name, toml.Parser().Unmarshal) }

// YAML reads settings from a YAML file. A file that does not exist is an error.
func YAML(name string) retort.Source { return read(name, yaml.Parser().Unmarshal) }

// DotEnv reads the settings of a program from a .env file, as [retort.Env] reads
// them from the environment: with the prefix "BLOG", BLOG_DEBUG=true. Lines with
// other prefixes are other programs'. The file is for development, so one that
// does not exist is no error. It changes nothing in the environment itself.
func DotEnv(name, prefix string) retort.Source {
	s := read(name, func(data []byte) (map[string]any, error) {
		lines, err := godotenv.UnmarshalBytes(data)
		if err != nil {
			// Godotenv's errors quote the file, which holds secrets.
			return nil, errors.New("it is no .env file: want lines of NAME=value")
		}
		values := map[string]any{}
		for key, text := range lines {
			if key, ok := strings.CutPrefix(key, prefix+"_"); ok && key != "" {
				values[key] = value(text)
			}
		}
		return values, nil
	})
	if errors.Is(s.Err, fs.ErrNotExist) {
		s.Err = nil
	}
	return s
}

// value is JSON where it can be, else text, as in the environment.
func value(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return v
}

func read(name string, parse func([]byte) (map[string]any, error)) retort.Source {
	s := retort.Source{Name: name}
	data, err := contents(name)
	if err != nil {
		s.Err = err
		return s
	}
	values, err := parse(data)
	if err == nil {
		s.Values, err = plain(values)
	}
	if err != nil {
		s.Err = fmt.Errorf("%s: %w", name, err)
	}
	return s
}

func contents(name string) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // the program names the file
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s has more than the %d bytes a file of settings may have", name, maxFile)
	}
	return data, err
}

// plain turns what a parser made into what JSON has, which is what a source
// holds.
func plain(values map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(values))
	for key, v := range values {
		p, err := plainValue(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[key] = p
	}
	return out, nil
}

func plainValue(v any) (any, error) {
	switch v := v.(type) {
	case int:
		return number(int64(v))
	case int64:
		return number(v)
	case uint64:
		if v > math.MaxInt64 {
			return nil, fmt.Errorf("the number %d is too large", v)
		}
		return number(int64(v))
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	case []any:
		list := make([]any, len(v))
		for i := range v {
			item, err := plainValue(v[i])
			if err != nil {
				return nil, err
			}
			list[i] = item
		}
		return list, nil
	}
	return v, nil
}

// number refuses what a float64 cannot hold: a limit must not change on its way.
func number(n int64) (any, error) {
	if int64(float64(n)) != n || n == math.MaxInt64 {
		return nil, fmt.Errorf("the number %d is too large", n)
	}
	return float64(n), nil
}
