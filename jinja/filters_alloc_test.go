package jinja

import "testing"

// TestFilterAllocations holds that the filters which print what they make allocate nothing.
func TestFilterAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget at random")
	}
	type item struct {
		Name  string
		Count int
		Score float64
		Tags  []string
		Empty string
	}
	data := &struct{ Items []item }{[]item{{"ann <b>", 3, 2.675, []string{"x", "<y>"}, ""}, {"BOB", 4, 1.5, nil, ""}}}
	env, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, filter := range []string{
		"name|upper", "name|lower", "name|capitalize", "name|title", "name|trim", "name|e", "name|escape", "name|string", "name|length",
		"name|default('x')", "empty|default('none', true)", "name.missing|default('x')", "nothing|default('x')", "count|int", "count|string",
		"score|round(1)", "score|round", "tags|join(', ')", "tags|join('<')", "tags|length", "tags|count", "name|truncate(5, true, '', 0)",
		"name|truncate(200)", "name|truncate(4, leeway=0)", "count|abs", "tags|first", "tags|last",
	} {
		tmpl, err := env.FromString("{% for i in items %}{{ i." + filter + " }}{% endfor %}")
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 1<<12)
		if _, err := tmpl.Append(buf, Input{Data: data}); err != nil {
			t.Fatalf("%s: %v", filter, err)
		}
		if n := testing.AllocsPerRun(50, func() { buf, _ = tmpl.Append(buf[:0], Input{Data: data}) }); n > 0 {
			t.Errorf("%s: %v allocations", filter, n)
		}
	}
	for _, source := range []string{
		"{{ items|map(attribute='name')|join(', ') }}", "{{ items|map(attribute='count')|sum }}", "{{ items|map(attribute='name')|map('length')|sum }}",
		"{{ items|selectattr('empty')|list|length }}", "{{ items|selectattr('count', 'gt', 3)|map(attribute='name')|first }}",
		"{{ items|rejectattr('tags')|list|length }}", "{{ items|select('mapping')|list|length }}", "{{ items|sum(attribute='count') }}",
		"{{ items|sort(attribute='count,name', reverse=true)|length }}", "{{ (items|max(attribute='count')).name }}",
		"{% for i in items|sort(attribute='name') %}{{ i.name }}{% endfor %}", "{% for i in items|selectattr('tags') %}{{ i.name }}{% endfor %}",
		"{% for row in items|batch(2, 'none') %}{% for i in row %}{{ i.name }}{% endfor %}{% endfor %}", "{% for row in items|slice(2) %}{{ row|length }}{% endfor %}",
		"{% for i in items|reverse %}{{ i.name }}{% endfor %}", "{{ items|join(', ', attribute='name') }}", "{{ 'a b  c'.split()|join('-') }}",
		"{{ 'a,b,c'.rsplit(',', 1)|last }}", "{{ 'a\nb'.splitlines()|length }}", "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}",
		"{% for count, list in items|groupby('count') %}{{ count }}{% for i in list %}{{ i.name }}{% endfor %}{% endfor %}",
	} {
		tmpl, err := env.FromString(source)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 1<<12)
		if buf, err = tmpl.Append(buf, Input{Data: data}); err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if n := testing.AllocsPerRun(50, func() { buf, _ = tmpl.Append(buf[:0], Input{Data: data}) }); n > 0 {
			t.Errorf("%s: %v allocations", source, n)
		}
	}
	for _, test := range []string{"defined", "none", "even", "odd", "divisibleby 3", "eq 3", "gt 1", "number", "string", "iterable", "sameas 3"} {
		tmpl, err := env.FromString("{% for i in items %}{% if i.count is " + test + " %}yes{% endif %}{% endfor %}")
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 1<<12)
		if n := testing.AllocsPerRun(50, func() { buf, _ = tmpl.Append(buf[:0], Input{Data: data}) }); n > 0 {
			t.Errorf("is %s: %v allocations", test, n)
		}
	}
}
