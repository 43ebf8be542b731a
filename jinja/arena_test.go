package jinja_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/retort-go/retort/jinja"
	"github.com/retort-go/retort/jinja/internal/value"
)

// keeper is a program that keeps whatever templates show it.
type keeper struct{ values []jinja.Value }

func (k *keeper) keep(v ...jinja.Value) { k.values = append(k.values, v...) }

func (k *keeper) Translate(_ context.Context, _, msg string) string {
	k.keep(jinja.Str(msg))
	return msg
}

func (k *keeper) TranslatePlural(_ context.Context, _, one, many string, _ int) string {
	k.keep(jinja.Str(one), jinja.Str(many))
	return one
}

// Attr is asked for attributes, and by the brackets for items too.
func (k *keeper) Attr(name string) (jinja.Value, bool) {
	k.keep(jinja.Str(name))
	return jinja.Str(""), true
}

// shelf has a method and items.
type shelf struct{ k *keeper }

func (*shelf) PythonType() string { return "shelf" }

func (s *shelf) Item(key jinja.Value) (jinja.Value, bool) {
	s.k.keep(key)
	return jinja.Str(""), true
}

type service struct{ k *keeper }

func (s service) Keep(text string) string {
	s.k.keep(jinja.Str(text))
	return ""
}

// What a program learns of a template's values stays as it was, although the next render uses their memory again.
func TestValuesThatAreKept(t *testing.T) {
	const made = `{% set made = 'made of ' ~ x %}`
	for _, tt := range []struct{ name, source string }{
		{"function", made + `{{ keep(made) }}`},
		{"argument by name", made + `{{ keep(v=made) }}{{ keep(**{'v': made}) }}`},
		{"Go function", made + `{{ plain(made) }}`},
		{"method", made + `{{ service.keep(made) }}`},
		{"list", made + `{{ keep([made, [made]]) }}`},
		{"tuple and dict", made + `{{ keep((made,), {'a': made}) }}`},
		{"slice", made + `{{ keep([1, made, 2][1:]) }}`},
		{"range and undefined", made + `{{ keep(range(x|length), {}[made]) }}`},
		{"Markup", `{% set made %}made of {{ x }}{% endset %}{{ keep(made) }}`},
		{"part", made + `{{ keep(made[2:]) }}`},
		{"filter", made + `{{ made|keeps(made) }}{{ [made]|map('keeps', made)|join }}`},
		{"test", made + `{{ made is kept }}{{ [made]|select('kept')|list }}`},
		{"generator", made + `{{ keep([made]|map('upper')) }}`},
		{"bound method", made + `{{ keep(made.upper) }}`},
		{"attribute", made + `{{ program|attr(made) }}{{ program[made] }}{{ '{0.a}'.format(program) }}{{ [program]|map(attribute=made)|list }}`},
		{"item", made + `{{ shelf[made] }}{{ shelf[(made, 1)] }}{{ '%(' ~ made ~ ')s' % shelf }}`},
		{"list of the data", made + `{% do list.append(made) %}{% do list.extend([made]) %}{{ keep(list) }}`},
		{"macro", made + `{% macro m(v) %}{{ v }}{{ made }}{% endmacro %}{{ keep(m) }}{{ call(m, made) }}`},
		{"caller", made + `{% macro m() %}{{ keep(caller) }}{{ keep(caller()) }}{% endmacro %}{% call m() %}{{ made }}{% endcall %}`},
		{"lookup", made + `{{ lookup('made') }}{{ uppers(made) }}`},
		{"namespace", made + `{% set ns = namespace(v=made) %}{{ keep(ns) }}{% set ns.v = made ~ '!' %}`},
		{"translation", made + `{{ gettext(made) }}{% trans made=made %}{{ made }}{% endtrans %}`},
		{"loop", made + `{% for i in [made] %}{{ keep(loop, i) }}{% endfor %}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var k keeper
			keep := func(c *jinja.Call) (jinja.Value, error) {
				k.keep(c.Args...)
				for _, kw := range c.Kwargs {
					k.keep(jinja.Str(kw.Name), kw.Value)
				}
				return jinja.Str(""), nil
			}
			env := newEnv(t, jinja.Config{
				Extensions: jinja.ExtDo | jinja.ExtI18n, Translator: &k,
				Filters: map[string]any{"keeps": keep},
				Tests:   map[string]any{"kept": keep},
				Globals: map[string]any{
					"keep":    keep,
					"plain":   func(s string) string { k.keep(jinja.Str(s)); return "" },
					"program": &k,
					"service": service{&k},
					"shelf":   &shelf{&k},
					"call": func(s *jinja.State, c *jinja.Call) (jinja.Value, error) {
						v, err := s.Call(c.Args[0], c.Args[1:], nil)
						k.keep(v)
						return v, err
					},
					"lookup": func(s *jinja.State, c *jinja.Call) (jinja.Value, error) {
						v, _ := s.Lookup(c.Args[0].AsString())
						k.keep(v)
						return v, nil
					},
					"uppers": func(s *jinja.State, c *jinja.Call) (jinja.Value, error) {
						v, err := s.Filter(jinja.Str("upper"), c.Args, nil)
						k.keep(v)
						return v, err
					},
				},
			}, nil)
			tmpl, err := env.FromString(tt.source)
			if err != nil {
				t.Fatal(err)
			}
			list, err := env.Expression("['first']")
			if err != nil {
				t.Fatal(err)
			}
			show := func() string {
				var b strings.Builder
				for _, v := range k.values {
					fmt.Fprintf(&b, "%s\n", value.Repr(v))
				}
				return b.String()
			}
			want := ""
			for round := range 20 {
				data, err := list.Eval(jinja.Input{})
				if err != nil {
					t.Fatal(err)
				}
				x := strings.Repeat(string(rune('a'+round)), 10+round%3)
				if _, err := tmpl.Append(nil, jinja.Input{Data: map[string]any{"x": x, "list": data}}); err != nil {
					t.Fatal(err)
				}
				if got := show(); !strings.HasPrefix(got, want) {
					t.Fatalf("in round %d got\n%swant\n%s", round, got, want)
				}
				want = show()
			}
			if len(k.values) < 20 {
				t.Errorf("only %d values were kept", len(k.values))
			}
		})
	}
}

// The results of expressions and of native templates, errors and the names of templates are the program's too.
func TestResultsThatAreKept(t *testing.T) {
	env := newEnv(t, jinja.Config{}, map[string]string{"aaa": "A", "bbb": "B"})
	native := newEnv(t, jinja.Config{Native: true}, nil)
	x, err := env.Expression("[x ~ '!', {'k' ~ x: x ~ x}]")
	if err != nil {
		t.Fatal(err)
	}
	n, err := native.FromString("{{ [x ~ '?'] }}")
	if err != nil {
		t.Fatal(err)
	}
	fails, err := env.FromString("{{ (x ~ '.').missing.more }}")
	if err != nil {
		t.Fatal(err)
	}
	include, err := env.FromString("{% include x[:1] ~ x[:2] %}")
	if err != nil {
		t.Fatal(err)
	}
	var kept, want []string
	var values []jinja.Value
	var errs []error
	for _, s := range []string{"aaa", "bbb", "aaa", "bbb"} {
		in := jinja.Input{Data: map[string]any{"x": s}}
		a, err1 := x.Eval(in)
		b, err2 := n.Native(in)
		_, err3 := fails.Append(nil, in)
		page, err4 := include.Append(nil, in)
		if err1 != nil || err2 != nil || err3 == nil || err4 != nil {
			t.Fatal(err1, err2, err3, err4)
		}
		values, errs = append(values, a, b), append(errs, err3)
		kept = append(kept, string(page))
		want = append(want, fmt.Sprintf("['%s!', {'k%s': '%s%s'}]", s, s, s, s), fmt.Sprintf("['%s?']", s))
		for i, v := range values {
			if got := value.Repr(v); got != want[i] {
				t.Errorf("got %s, want %s", got, want[i])
			}
		}
	}
	if got := strings.Join(kept, ""); got != "ABAB" {
		t.Errorf("got pages %s", got)
	}
	for _, err := range errs {
		var e *jinja.Error
		if !errors.As(err, &e) || e.Message != "'str object' has no attribute 'missing'" {
			t.Errorf("got %v", err)
		}
	}
}
