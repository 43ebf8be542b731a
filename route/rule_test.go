package route_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/retort-go/retort/route"
)

func TestRuleErrors(t *testing.T) {
	plain := route.Options{}
	hosts := route.Options{HostMatching: true}
	redirect := func(*route.Match) string { return "/" }
	many := make([]string, 70)
	for i := range many {
		many[i] = fmt.Sprint("M", i)
	}
	for _, tt := range []struct {
		opts route.Options
		rule route.Rule
		want string
	}{
		{plain, route.Rule{Path: "x"}, `rule "x": the path does not start with a slash; put one before it`},
		{plain, route.Rule{Path: ""}, `put one before it`},
		{plain, route.Rule{Path: "/\xff"}, `it is not UTF-8`},
		{plain, route.Rule{Path: "/a/<b"}, `at byte 3: "<b" is not a variable; write <name>`},
		{plain, route.Rule{Path: "/<>"}, `at byte 1: "<>" is not a variable`},
		{plain, route.Rule{Path: "/<1a>"}, `"<1a>" is not a variable`},
		{plain, route.Rule{Path: "/<é>"}, `with names of ASCII letters`},
		{plain, route.Rule{Path: "/<int(:x>"}, `"<int(:x>" is not a variable`},
		{plain, route.Rule{Path: "/<int()x>"}, `is not a variable`},
		{plain, route.Rule{Path: "/<int:>"}, `is not a variable`},
		{plain, route.Rule{Path: "/<integer:x>"}, `<integer:x>: there is no converter integer; known ones: string, int, float, path, any, uuid, broken, choosy, even`},
		{plain, route.Rule{Path: "/<a>/<int:a>"}, `<int:a>: the name a is used twice; rename one`},
		{plain, route.Rule{Path: "/<a>", Subdomain: "<a>"}, `the name a is used twice`},
		{plain, route.Rule{Path: "/<int(min=-2):x>"}, `<int(min=-2):x>: argument "-2" is not understood; write a number without a sign`},
		{plain, route.Rule{Path: `/<any("a):x>`}, `lacks its closing quote`},
		{plain, route.Rule{Path: `/<any("a"b):x>`}, `goes on after its value; separate arguments by commas`},
		{plain, route.Rule{Path: `/<any(fr-FR):x>`}, `argument "fr-FR" is not understood`},
		{plain, route.Rule{Path: "/<int(min=1,min=2):x>"}, `argument min is given twice`},
		{plain, route.Rule{Path: "/<int(1,fixed_digits=1):x>"}, `argument fixed_digits is given by name and by place`},
		{plain, route.Rule{Path: "/<int(low=1):x>"}, `argument low is unknown; known ones: fixed_digits, min, max and signed`},
		{plain, route.Rule{Path: "/<int(1, 2, 3, True, 5):x>"}, `5 arguments without a name are too many`},
		{plain, route.Rule{Path: "/<int(min=abc):x>"}, `min is abc; write a number`},
		{plain, route.Rule{Path: "/<int(signed=1):x>"}, `signed is 1; write True or False`},
		{plain, route.Rule{Path: "/<int(min=99999999999999999999):x>"}, `does not fit in 64 bits`},
		{plain, route.Rule{Path: "/<int(max=1e300):x>"}, `does not fit in 64 bits`},
		{plain, route.Rule{Path: "/<float(fixed_digits=2):x>"}, `argument fixed_digits is unknown`},
		{plain, route.Rule{Path: "/<string(length=2.5):x>"}, `length is 2.5; write a whole number`},
		{plain, route.Rule{Path: "/<string(minlength=3,maxlength=2):x>"}, `minlength 3 is above maxlength 2; swap them`},
		{plain, route.Rule{Path: "/<path(1):x>"}, `too many; known ones: none`},
		{plain, route.Rule{Path: "/<any():x>"}, `any takes a list of items`},
		{plain, route.Rule{Path: "/<any(1, 2):x>"}, `item 1 of any is not text; put it in quotes`},
		{plain, route.Rule{Path: "/<even(1):x>"}, `too many; known ones: none`},
		{plain, route.Rule{Path: "/<broken:x>"}, `its regular expression: error parsing regexp`},
		{plain, route.Rule{Path: "/<choosy:x>"}, `choosy wants one argument`},
		{plain, route.Rule{Path: "/<choosy(a):x>-<string(length=2000):y>"}, `several variables in one segment, one of them custom: error parsing regexp`},
		{plain, route.Rule{Path: "/", Methods: []string{}}, `its list of methods is empty; leave it nil`},
		{plain, route.Rule{Path: "/", Methods: []string{"GET, POST"}}, `"GET, POST" is not a method`},
		{plain, route.Rule{Path: "/", Methods: []string{"GET,POST"}}, `"GET,POST" is not a method`},
		{plain, route.Rule{Path: "/", Methods: []string{"GET", ""}}, `"" is not a method`},
		{plain, route.Rule{Path: "/", Methods: []string{"GET "}}, `"GET " is not a method`},
		{plain, route.Rule{Path: "/", Methods: []string{"GET\x7f"}}, `is not a method`},
		{plain, route.Rule{Path: "/", Methods: []string{"GÉT"}}, `"GÉT" is not a method`},
		{plain, route.Rule{Path: "/", Methods: many}, `M56 is one method too many; a map holds 63`},
		{plain, route.Rule{Path: "/", Methods: []string{"POST"}, WebSocket: true}, `a WebSocket rule cannot take POST; use GET`},
		{plain, route.Rule{Path: "/", Host: "a.example"}, `Host has no effect without host matching; set Options.HostMatching`},
		{plain, route.Rule{Path: "/", Subdomain: "A"}, `host "A" can never match; write it in lower case`},
		{plain, route.Rule{Path: "/", Subdomain: "ü"}, `other scripts as xn--`},
		{plain, route.Rule{Path: "/", Subdomain: "a/b"}, `host "a/b" holds a slash`},
		{plain, route.Rule{Path: "/", Subdomain: "<path:p>"}, `takes slashes, which a host has not; use string`},
		{plain, route.Rule{Path: "/", Subdomain: "<"}, `host "<": at byte 0`},
		{hosts, route.Rule{Path: "/"}, `with host matching each rule needs Host`},
		{hosts, route.Rule{Path: "/", Host: "a", Subdomain: "b"}, `none has Subdomain`},
		{plain, route.Rule{Path: "/<int:n>", Defaults: map[string]any{"n": "x"}}, `default of n: x is not a whole number`},
		{plain, route.Rule{Path: "/", RedirectTo: "/x", RedirectFunc: redirect}, `more than one of RedirectTo, RedirectFunc and Alias`},
		{plain, route.Rule{Path: "/", RedirectTo: "/<x>"}, `RedirectTo uses <x>, which is no variable of the rule`},
		{plain, route.Rule{Path: "/<x>", RedirectTo: "/<x"}, `which is no variable`},
		{plain, route.Rule{Path: "/", RedirectTo: "//evil.example"}, `RedirectTo starts with two slashes`},
		{plain, route.Rule{Path: "/<x>", RedirectTo: "https://<x>/"}, `RedirectTo has a variable in its host`},
		{plain, route.Rule{Path: "/<x>", RedirectTo: "https:a<x>"}, `RedirectTo has a variable in its host`},
	} {
		m := route.New(tt.opts)
		m.Converter("even", route.Converter{})
		m.Converter("broken", route.Converter{Regexp: "("})
		m.Converter("choosy", route.Converter{WithArgs: func(args route.Args) (route.Converter, error) {
			if len(args.Positional) != 1 {
				return route.Converter{}, errors.New("choosy wants one argument")
			}
			return route.Converter{}, nil
		}})
		err := m.Add(tt.rule)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "route: rule ") {
			t.Errorf("Add(%+v)\n got %v\nwant %s", tt.rule, err, tt.want)
		}
	}
}

func TestWebSocketMethods(t *testing.T) {
	m := route.New(route.Options{})
	if err := m.Add(route.Rule{Path: "/", Methods: []string{"GET", "HEAD", "OPTIONS"}, WebSocket: true}); err != nil {
		t.Error(err)
	}
}

func TestCompileErrors(t *testing.T) {
	m := route.New(route.Options{})
	for _, r := range []route.Rule{{Path: "/a/<x>", Endpoint: "e", Alias: true}, {Path: "/b/<x>/<y>", Endpoint: "e"}} {
		if err := m.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Compile(); err == nil || !strings.Contains(err.Error(), `rule "/a/<x>" is an alias, but endpoint "e" has no other rule with its variables`) {
		t.Errorf("alias of nothing: %v", err)
	}
	m = compiled(t, route.Options{}, route.Rule{Path: "/"})
	if err := m.Compile(); err != nil {
		t.Errorf("second Compile: %v", err)
	}
	if err := m.Add(route.Rule{Path: "/late"}); err == nil || !strings.Contains(err.Error(), "comes after Compile") {
		t.Errorf("late rule: %v", err)
	}
}

func TestArguments(t *testing.T) {
	var got route.Args
	for _, tt := range []struct {
		rule string
		want route.Args
	}{
		{"/<c:x>", route.Args{}},
		{"/<c():x>", route.Args{}},
		{"/<c( 1 , 2.5,):x>", route.Args{Positional: []any{int64(1), 2.5}}},
		{"/<c(1_000, 1e5, .5, 5., 0x10, 1__0, ٣):x>", route.Args{Positional: []any{int64(1000), 1e5, .5, 5.0, "0x10", "1__0", int64(3)}}},
		{"/<c(True, False, None, true, a.b, 1-5, é_1):x>", route.Args{Positional: []any{true, false, nil, "true", "a.b", "1-5", "é_1"}}},
		{`/<c("a, b", 'c"d', "", u"e", "5", "):"):x>`, route.Args{Positional: []any{"a, b", `c"d`, "", "e", "5", "):"}}},
		{"/<c(a = 1, b='x', 2):x>", route.Args{Positional: []any{int64(2)}, Named: map[string]any{"a": int64(1), "b": "x"}}},
	} {
		m := route.New(route.Options{})
		m.Converter("c", route.Converter{WithArgs: func(args route.Args) (route.Converter, error) { got = args; return route.Converter{}, nil }})
		if err := m.Add(route.Rule{Path: tt.rule}); err != nil {
			t.Errorf("%s: %v", tt.rule, err)
		} else if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s\n got %+v\nwant %+v", tt.rule, got, tt.want)
		}
	}
}

func TestRules(t *testing.T) {
	m := compiled(t, route.Options{},
		route.Rule{Path: "/<int(min=1):n>/<name>", Endpoint: "b", Methods: []string{"post", "GET", "get"}, Defaults: map[string]any{"page": 1}, Handler: 7},
		route.Rule{Path: "/", Endpoint: "a", BuildOnly: true})
	var got []string
	for r := range m.Rules() {
		got = append(got, fmt.Sprint(r.Endpoint, r.Methods, r.Arguments(), r.Handler))
		for _, v := range r.Variables() {
			got = append(got, fmt.Sprint(v.Name, v.Converter, v.Args))
		}
	}
	want := "b[GET HEAD POST][n name page]7|nint{[] map[min:1]}|namedefault{[] map[]}|a[][]<nil>"
	if got := strings.Join(got, "|"); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r := (&route.Rule{Path: "/<x>"}); r.Arguments() != nil || r.Variables() != nil {
		t.Error("a rule that was not added knows its variables")
	}
}
