package route_test

import (
	"bufio"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

// TestWerkzeug runs the measured cases of testdata/werkzeug.txt.
func TestWerkzeug(t *testing.T) {
	file, err := os.Open("testdata/werkzeug.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var m *route.Map
	seen := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		w := words(t, lines.Text())
		switch {
		case len(w) == 0 || w[0] == "#":
		case w[0] == "map":
			m = newMap(t, w[1:])
		case w[0] == "rule":
			if err := m.Add(newRule(t, w[1:])); err != nil {
				t.Fatal(err)
			}
		default:
			seen++
			if w[0] != strconv.Itoa(seen) {
				t.Fatalf("case %s follows %d", w[0], seen-1)
			}
			if err := m.Compile(); err != nil {
				t.Fatal(err)
			}
			request, want, _ := strings.Cut(lines.Text(), " => ")
			if got := ask(t, m, w[1:]); got != want {
				t.Errorf("%s\n got %s\nwant %s", request, got, want)
			}
		}
	}
	if seen != 187 {
		t.Errorf("%d cases, want 187", seen)
	}
}

// ask matches the request that a case describes and prints the result as the
// file does.
func ask(t *testing.T, m *route.Map, w []string) string {
	req := route.Request{Method: w[0], Path: w[1]}
	for _, option := range w[2:] {
		if option == "=>" {
			break
		}
		switch key, value, _ := strings.Cut(option, "="); key {
		case "host":
			req.Host = value
		case "scheme":
			req.Scheme = value
		case "root":
			req.ScriptRoot = value
		case "query":
			req.RawQuery = value
		case "websocket":
			req.WebSocket = true
		default:
			t.Fatalf("unknown option %s", option)
		}
	}
	var result route.Match
	return describe(m.Match(req, &result), &result)
}

func describe(outcome route.Outcome, m *route.Match) string {
	switch outcome {
	case route.NotFound:
		return "404"
	case route.WebSocketMismatch:
		return "400"
	case route.MethodNotAllowed:
		return "405 " + strings.Join(m.Allow(), ",")
	case route.Redirect:
		return "308 " + m.Location()
	}
	text := m.Rule.Endpoint
	for name, p := range m.Params() {
		text += " " + name + "=" + describeValue(p.Value())
	}
	return text
}

func describeValue(v any) string {
	switch v := v.(type) {
	case string:
		return `"` + strings.ReplaceAll(v, "\n", `\n`) + `"`
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case *big.Int:
		return v.String()
	case [16]byte:
		return fmt.Sprintf("uuid:%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
	}
	return fmt.Sprint(v)
}

func newMap(t *testing.T, options []string) *route.Map {
	opts := route.Options{ServerName: "example.com"}
	for _, o := range options {
		switch o {
		case "keep-double-slashes":
			opts.KeepDoubleSlashes = true
		case "no-redirect-defaults":
			opts.NoRedirectDefaults = true
		case "host-matching":
			opts.HostMatching = true
		case "subdomain-matching":
			opts.SubdomainMatching = true
		default:
			t.Fatalf("unknown option %s", o)
		}
	}
	return route.New(opts)
}

func newRule(t *testing.T, w []string) route.Rule {
	r := route.Rule{Path: w[0], Endpoint: w[1]}
	for _, option := range w[2:] {
		switch key, value, _ := strings.Cut(option, "="); key {
		case "methods":
			r.Methods = strings.Split(value, ",")
		case "loose":
			r.LooseSlashes = true
		case "default:page":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			r.Defaults = map[string]any{"page": n}
		case "redirect":
			r.RedirectTo = value
		case "alias":
			r.Alias = true
		case "subdomain":
			r.Subdomain = value
		case "host":
			r.Host = value
		case "websocket":
			r.WebSocket = true
		default:
			t.Fatalf("unknown option %s", option)
		}
	}
	return r
}

// words splits a line at spaces outside of quotes.
func words(t *testing.T, line string) []string {
	var all []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] == '"' || line[0] == '`' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			word, err := strconv.Unquote(quoted)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			all, line = append(all, word), line[len(quoted):]
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		all, line = append(all, word), rest
	}
	return all
}
