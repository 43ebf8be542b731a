package route_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

var (
	sets = flag.Int("sets", 300, "how many random rule sets the differential test tries")
	seed = flag.Uint64("seed", 1, "what the differential test's random rule sets come from")
)

// A ruleSet is a map with questions about it, as testdata/oracle.py reads it.
type ruleSet struct {
	Loose              bool         `json:"loose"`
	Keep               bool         `json:"keep"`
	NoRedirectDefaults bool         `json:"no_redirect_defaults"`
	HostMatching       bool         `json:"host_matching"`
	Rules              []randomRule `json:"rules"`
	Questions          []any        `json:"questions"`

	m *route.Map
}

type randomRule struct {
	Path       string         `json:"path"`
	Endpoint   string         `json:"endpoint"`
	Methods    []string       `json:"methods"`
	Defaults   map[string]any `json:"defaults"`
	RedirectTo string         `json:"redirect_to"`
	Alias      bool           `json:"alias"`
	BuildOnly  bool           `json:"build_only"`
	WebSocket  bool           `json:"websocket"`
	Subdomain  string         `json:"subdomain"`
	Host       string         `json:"host"`
	Loose      bool           `json:"loose"`
	Keep       bool           `json:"keep"`
}

type place struct {
	Host          string `json:"host"`
	Subdomain     string `json:"subdomain"`
	Root          string `json:"root"`
	Scheme        string `json:"scheme"`
	RequestMethod string `json:"request_method"`
}

type matchQuestion struct {
	place
	Path      string `json:"path"`
	Method    string `json:"method"`
	Query     string `json:"query"`
	WebSocket bool   `json:"websocket"`
}

type buildQuestion struct {
	place
	Endpoint string       `json:"endpoint"`
	Method   string       `json:"method"`
	External bool         `json:"external"`
	Values   route.Values `json:"values"`
}

// TestDifferential asks this package and Werkzeug the same questions about
// random rule sets.
func TestDifferential(t *testing.T) {
	const version = `import importlib.metadata as m; assert m.version("werkzeug").startswith("3.1.")`
	if err := exec.CommandContext(t.Context(), "python3", "-c", version).Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 with werkzeug 3.1 is not installed")
		}
		t.Skip("python3 with werkzeug 3.1 is not installed: nothing to compare with")
	}
	g := generator{rand.New(rand.NewPCG(*seed, 0))}
	var all []*ruleSet
	for range *sets {
		all = append(all, g.ruleSet())
	}
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	oracle := exec.CommandContext(t.Context(), "python3", "testdata/oracle.py")
	oracle.Stdin, oracle.Stderr = bytes.NewReader(input), os.Stderr
	output, err := oracle.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers [][]string
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	wrong := 0
	for i, s := range all {
		for j, q := range s.Questions {
			got, want := s.answer(q), answers[i][j]
			kinds[kindOf(q, want)]++
			// Where Werkzeug raises, or redirects from an alias to itself,
			// there is nothing to follow; see the package documentation.
			raises := strings.HasPrefix(want, "error: ") || strings.HasPrefix(want, "308") && strings.HasPrefix(got, "alias ")
			if got != want && !raises {
				if wrong++; wrong <= 10 {
					t.Errorf("%+v\n%s got %s\nwant %s", q, s, got, want)
				}
			}
		}
	}
	t.Logf("%d answers differ; compared: %v", wrong, kinds)
	for _, kind := range []string{"match 404", "match 405", "match 308", "match 400", "match found", "build url", "build refused"} {
		if *sets >= 100 && kinds[kind] < 100 {
			t.Errorf("only %d questions of the kind %q: the generator misses its point", kinds[kind], kind)
		}
	}
}

// String lists the options and rules as far as they are set.
func (s *ruleSet) String() string {
	text := fmt.Sprintf("map loose=%t keep=%t no-redirect=%t hosts=%t\n", s.Loose, s.Keep, s.NoRedirectDefaults, s.HostMatching)
	for _, r := range s.Rules {
		text += fmt.Sprintf("%+v\n", r)
	}
	return text
}

func kindOf(q any, answer string) string {
	if _, ok := q.(buildQuestion); ok {
		if strings.HasPrefix(answer, "Could not") || answer == "refused" {
			return "build refused"
		}
		return "build url"
	}
	for _, code := range []string{"404", "405", "308", "400", "error"} {
		if strings.HasPrefix(answer, code) {
			return "match " + code
		}
	}
	return "match found"
}

func (s *ruleSet) answer(q any) string {
	switch q := q.(type) {
	case matchQuestion:
		var result route.Match
		outcome := s.m.Match(route.Request{
			Method: q.Method, Path: q.Path, RawQuery: q.Query, WebSocket: q.WebSocket,
			Host: q.fullHost(), ScriptRoot: q.Root, Scheme: q.Scheme,
		}, &result)
		if outcome == route.Found && result.Rule.Alias && !s.NoRedirectDefaults {
			return "alias " + describe(outcome, &result)
		}
		return describe(outcome, &result)
	case buildQuestion:
		url, err := s.m.Build(q.Endpoint, q.Values, route.BuildOptions{
			Method: q.Method, External: q.External, Scheme: q.Scheme,
			Host: q.fullHost(), ScriptRoot: q.Root, RequestMethod: q.RequestMethod,
		})
		var noRule *route.BuildError
		switch {
		case errors.As(err, &noRule):
			noRule.Err = nil // which Werkzeug does not mention
			return noRule.Error()
		case err != nil:
			return "refused"
		}
		return url
	}
	panic(q)
}

func (p place) fullHost() string {
	if p.Subdomain != "" {
		return p.Subdomain + "." + p.Host
	}
	return p.Host
}

// A generator makes rules from few words, so that they meet often.
type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) ruleSet() *ruleSet {
	for {
		s := &ruleSet{Loose: g.chance(10), Keep: g.chance(10), NoRedirectDefaults: g.chance(10), HostMatching: g.chance(10)}
		s.m = route.New(route.Options{
			LooseSlashes: s.Loose, KeepDoubleSlashes: s.Keep, NoRedirectDefaults: s.NoRedirectDefaults,
			HostMatching: s.HostMatching, SubdomainMatching: !s.HostMatching, ServerName: "ex.com",
		})
		addConverters(s.m)
		for range 1 + g.IntN(9) {
			r := g.rule(s.HostMatching)
			if s.m.Add(r.toRule()) == nil {
				s.Rules = append(s.Rules, r)
			}
		}
		if s.m.Compile() != nil || len(s.Rules) == 0 { // an alias of nothing
			continue
		}
		for range 30 {
			s.Questions = append(s.Questions, g.matchQuestion(s))
		}
		for range 10 {
			s.Questions = append(s.Questions, g.buildQuestion(s))
		}
		return s
	}
}

func addConverters(m *route.Map) {
	m.Converter("word", route.Converter{
		Regexp: "[a-c]+",
		Parse: func(s string) (any, error) {
			if s == "cab" {
				return nil, route.ErrValidation
			}
			return s, nil
		},
		Format: func(v any) (string, error) {
			if v == "bac" {
				return "", fmt.Errorf("bac: %w", route.ErrValidation)
			}
			return route.Quote(pythonText(v)), nil
		},
	})
	m.Converter("pair", route.Converter{Regexp: "[a-z1]+/[a-z]+", Weight: 150, Slashes: true})
	m.Converter("regex", route.Converter{WithArgs: func(args route.Args) (route.Converter, error) {
		return route.Converter{Regexp: args.Positional[0].(string)}, nil
	}})
}

// pythonText is Python's str of the values that the generator uses.
func pythonText(v any) string {
	switch v := v.(type) {
	case bool:
		return strings.ToUpper(fmt.Sprint(v)[:1]) + fmt.Sprint(v)[1:]
	case float64, [16]byte:
		return strings.TrimPrefix(describeValue(v), "uuid:")
	}
	return fmt.Sprint(v)
}

func (g generator) rule(hosts bool) randomRule {
	r := randomRule{Endpoint: g.pick("one", "two", "three", "item_list"), Path: g.path()}
	if g.chance(40) {
		r.Methods = []string{g.pick("GET", "POST", "PUT", "get", "TRACE")}
		if g.chance(30) {
			r.Methods = append(r.Methods, g.pick("GET", "POST", "DELETE"))
		}
	}
	if g.chance(20) {
		r.Defaults = map[string]any{g.pick("a", "b", "c", "d"): []any{1, "a", 2.5}[g.IntN(3)]}
	}
	r.Alias = g.chance(10)
	r.BuildOnly = g.chance(5)
	r.WebSocket = g.chance(5) && r.Methods == nil
	r.Loose = g.chance(10)
	r.Keep = g.chance(10)
	if hosts {
		r.Host = g.pick("ex.com", "<h>.com", "a.ex.com", "<h>.ex.com", "ex.com:8000")
	} else if g.chance(15) {
		r.Subdomain = g.pick("a", "<s>", "a-<s>", "<int:s>", "b.a")
	}
	if g.chance(5) && !r.Alias {
		r.RedirectTo = g.pick("new", "/new", "./x/../y", "https://other.example/x", "../up", "x//y/", "?q=1")
		for _, name := range []string{"a", "b"} {
			if strings.Contains(r.Path, name+">") && g.chance(70) {
				r.RedirectTo += "/<" + name + ">"
			}
		}
	}
	return r
}

func (g generator) path() string {
	path := ""
	names := []string{"a", "b", "c", "d"}
	for range g.IntN(5) {
		path += "/"
		for range 1 + g.IntN(3)*g.IntN(2) {
			if len(names) == 0 || g.chance(55) {
				path += g.pick("a", "b", "ab", "x-", ".", "1", "é", "-", "c")
				continue
			}
			converter := ""
			if g.chance(55) {
				converter = g.pick("int:", "float:", "path:", "int(min=2):", "int(max=11,signed=True):", "int(fixed_digits=2):", "float(max=2.5):", "float(signed=True):",
					"string(length=2):", "string(minlength=2,maxlength=3):", "any(a,b,'a-b'):", "any(ab, a):", "uuid:", "word:", "pair:", "regex('[ab1]*'):", "string(minlength=0):", "path:")
			}
			path += "<" + converter + names[0] + ">"
			names = names[1:]
		}
	}
	if path == "" || g.chance(35) {
		path += "/"
	}
	if g.chance(5) {
		path = strings.Replace(path, "/", "//", 1+g.IntN(2))
	}
	return path
}

func (r randomRule) toRule() route.Rule {
	return route.Rule{
		Path: r.Path, Endpoint: r.Endpoint, Methods: r.Methods, Defaults: r.Defaults, RedirectTo: r.RedirectTo, Alias: r.Alias,
		BuildOnly: r.BuildOnly, WebSocket: r.WebSocket, Subdomain: r.Subdomain, Host: r.Host, LooseSlashes: r.Loose, KeepDoubleSlashes: r.Keep,
	}
}

func (g generator) place(s *ruleSet) place {
	p := place{Host: "ex.com", Root: g.pick("", "", "", "/app"), Scheme: g.pick("http", "http", "https"), RequestMethod: g.pick("GET", "GET", "POST")}
	if s.HostMatching {
		p.Host = g.pick("ex.com", "a.ex.com", "b.com", "a.b.ex.com", "ex.com:8000")
	} else if g.chance(30) {
		p.Subdomain = g.pick("a", "b", "a-b", "12", "b.a")
	}
	return p
}

func (g generator) matchQuestion(s *ruleSet) matchQuestion {
	rule := s.Rules[g.IntN(len(s.Rules))]
	q := matchQuestion{place: g.place(s), Method: "GET", WebSocket: rule.WebSocket}
	switch {
	case g.chance(30):
		q.Method = g.pick("GET", "POST", "HEAD", "put", "TRACE", "ODD")
	case rule.Methods != nil:
		q.Method = rule.Methods[0]
	}
	if g.chance(10) {
		q.WebSocket = !q.WebSocket
	}
	if !g.chance(10) {
		q.Subdomain = g.fill(rule.Subdomain)
	}
	if s.HostMatching && !g.chance(10) {
		q.Host = g.fill(rule.Host)
	}
	q.Query = g.pick("", "", "", "q=1&r=%20", "é")
	pattern := rule.Path
	for pattern != "" {
		before, rest, found := strings.Cut(pattern, "<")
		q.Path += before
		if !found {
			break
		}
		var variable string
		variable, pattern, _ = strings.Cut(rest, ">")
		q.Path += g.textFor(variable)
	}
	if g.chance(30) {
		q.Path = g.mutate(q.Path)
	}
	return q
}

// fill puts values into the pattern of a host.
func (g generator) fill(pattern string) string {
	return strings.NewReplacer("<h>", g.pick("a", "ex", "a.b"), "<s>", g.pick("a", "b", "b.a"), "<int:s>", g.pick("12", "3", "x")).Replace(pattern)
}

// textFor makes up text that the variable often matches.
func (g generator) textFor(variable string) string {
	converter, _, _ := strings.Cut(variable, ":")
	switch {
	case g.chance(15):
	case strings.HasPrefix(converter, "int"):
		return g.pick("1", "2", "12", "007", "-1", "-12", "٣", "99999999999999999999")
	case strings.HasPrefix(converter, "float"):
		return g.pick("1.5", "2.0", "-1.5", "00.10", "3.25", "٣.٥")
	case converter == "path":
		return g.pick("a", "a/b", "a//b", "a/b/", "1/2", "a-b/c.d")
	case converter == "pair":
		return g.pick("a/b", "ab/c", "1/x")
	case converter == "uuid":
		return "12345678-1234-5678-1234-56781234567A"
	}
	return g.pick("a", "b", "ab", "abc", "cab", "a-b", "a.b", "1", "12", "1.5", "x", "é", "aé", "", "a\nb", "..", "b-c-d", "11", "a1-b1-2")
}

func (g generator) mutate(path string) string {
	runes := []rune(path)
	i := g.IntN(len(runes) + 1)
	switch g.IntN(4) {
	case 0:
		return string(slices.Insert(slices.Clone(runes), i, '/'))
	case 1:
		return string(runes[:i])
	case 2:
		return string(slices.Insert(slices.Clone(runes), i, []rune(g.pick("a", "1", "-", ".", "é", "\n"))...))
	}
	return path + "/"
}

func (g generator) buildQuestion(s *ruleSet) buildQuestion {
	rule := s.Rules[g.IntN(len(s.Rules))]
	q := buildQuestion{place: g.place(s), Endpoint: rule.Endpoint, External: g.chance(20)}
	if g.chance(10) {
		q.Endpoint = g.pick("one", "two", "three", "item_list", "itemlist", "thre")
	}
	if g.chance(15) {
		q.Method = g.pick("GET", "POST", "PUT")
	}
	for _, name := range []string{"a", "b", "c", "d", "h", "s", "q", "r s"} {
		wanted := strings.Contains(rule.Path+rule.Host+rule.Subdomain, name+">")
		if wanted && g.chance(8) || !wanted && g.chance(70) {
			continue
		}
		values := []any{1, 2, "a", "b", "12", nil, "b-c"}
		switch name {
		case "h", "s":
		case "q", "r s":
			values = append(values, []string{"l", "m n"}, []string{}, []any{1, nil, 2.5})
			fallthrough
		default:
			values = append(values, 1, -5, 2.5, "ab", "bac", "é ?&", "", true, "x~!$&'()*+,:;=@%#[]", "1.5", 1e22, 1e-7, "a\"<>\\^`{|}", "a-b", " 7", "1_0")
		}
		q.Values = append(q.Values, route.Value{Name: name, Value: values[g.IntN(len(values))]})
	}
	if name := g.pick("a", "b", "c"); g.chance(20) {
		q.Values = slices.DeleteFunc(q.Values, func(v route.Value) bool { return v.Name == name })
		q.Values = append(q.Values, route.Value{Name: name, Value: g.pick("a/b", "1/2", "a/", "/a", "//a")})
	}
	return q
}
