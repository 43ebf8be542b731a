package jinja

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/retort-go/retort/jinja/internal/value"
)

func renderAttack(t testing.TB, cfg Config, source string, data map[string]any) (string, error) {
	env, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := env.FromString(source)
	if err != nil {
		return "", err
	}
	out, err := tmpl.Append(nil, Input{Data: data})
	return string(out), err
}

type secretive struct{ Name string }

func (s *secretive) Delete() string   { return "deleted " + s.Name }
func (s *secretive) Password() string { return "hunter2" }

// TestSandboxHolds tries every way to an attribute on those that a sandboxed template may not see.
func TestSandboxHolds(t *testing.T) {
	for _, source := range []string{
		"{{ '{0.__class__.__mro__}'.format(x) }}",
		"{{ '{a.__class__.__init__}'.format(a=x) }}",
		"{{ '{a.__class__.x}'.format_map({'a': x}) }}",
		"{% set f = '{0.__class__.x}'.format %}{{ f(x) }}",
		"{{ ('{0.__class__.x}'|attr('format'))(x) }}",
		"{{ ('{a.__class__.x}'|attr('format_map'))({'a': x}) }}",
		"{{ ['{0.__class__.x}']|map(attribute='format')|first()(x) }}{{ (['{0.__class__.x}']|map(attribute='format')|list)[0](x) }}",
		"{{ (x|attr('__class__')).x }}",
		"{{ x['__class__'].x }}",
		"{{ ([x]|map(attribute='__class__.x')|list)[0] }}",
		"{{ [x]|sum(attribute='__class__.x') }}",
		"{{ [x]|sort(attribute='__class__.x') }}",
		"{{ ([x]|groupby('__class__.x'))[0] }}",
		"{{ [x]|join(',', attribute='__class__.x') }}",
		"{{ [x]|max(attribute='__class__.x') }}",
		"{{ [x]|unique(attribute='__class__.x')|list }}",
		"{{ [x]|selectattr('__class__.x')|list }}",
		"{{ x.delete() }}",
		"{{ x.Delete() }}",
		"{{ x['password']() }}",
		"{{ (x|attr('Password'))() }}",
		"{{ ([x]|map(attribute='password')|list)[0]() }}",
		"{{ '{0.password.x}'.format(x) }}",
	} {
		out, err := renderAttack(t, Config{Sandbox: SandboxOn}, source, map[string]any{"x": &secretive{"n"}})
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindSecurity && e.Kind != KindUndefined && e.Kind != "TypeError" {
			t.Errorf("%s: got %q, %v", source, out, err)
		}
		if strings.Contains(out, "hunter2") || strings.Contains(out, "deleted") {
			t.Errorf("%s: got out: %q", source, out)
		}
	}
}

// FuzzUrlize: a text becomes links and nothing else; without them it is the text.
func FuzzUrlize(f *testing.F) {
	for _, s := range []string{"http://a.com", "(www.x.org).", "<script>", "a@b.co & c", "https://[::1]/\"x", "mailto:x@y.z", "http://a.com'onclick=1", "\x00", "http://a.b\xff"} {
		f.Add(s, 5)
	}
	env, err := New(Config{Mode: Compat})
	if err != nil {
		f.Fatal(err)
	}
	tmpl, err := env.FromString("{{ text|urlize(target='_blank', extra_schemes=['tel:']) }}")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, _ int) {
		out, err := tmpl.Append(nil, Input{Data: map[string]any{"text": text}})
		if err != nil || strings.ContainsAny(text, "\x00\r") {
			return // the HTML parser changes these itself
		}
		var plain strings.Builder
		for z := html.NewTokenizer(strings.NewReader(string(out))); z.Next() != html.ErrorToken; {
			tok := z.Token()
			switch tok.Type {
			case html.TextToken:
				plain.WriteString(tok.Data)
			case html.StartTagToken:
				if tok.Data != "a" {
					t.Fatalf("%q makes a tag %s: %q", text, tok.Data, out)
				}
				for _, attr := range tok.Attr {
					if attr.Key != "href" && attr.Key != "rel" && attr.Key != "target" {
						t.Fatalf("%q makes an attribute %s: %q", text, attr.Key, out)
					}
				}
			case html.EndTagToken:
			default:
				t.Fatalf("%q makes %v: %q", text, tok.Type, out)
			}
		}
		if got := plain.String(); strings.ReplaceAll(got, "mailto:", "") != strings.ReplaceAll(text, "mailto:", "") {
			t.Fatalf("%q reads %q", text, got)
		}
	})
}

// FuzzTojson: the output is JSON that means the value, and no character in it ends a script or a single-quoted attribute.
func FuzzTojson(f *testing.F) {
	for _, s := range []string{"", "</script>", "'\"\\", "\u2028 é 😀", "\x00\x1f\x7f", "&lt;"} {
		f.Add(s, int64(5), 1.5)
	}
	f.Fuzz(func(t *testing.T, s string, i int64, x float64) {
		data := map[string]any{"v": map[string]any{s: []any{s, i, x, nil, true}}}
		out, err := renderAttack(t, Config{Mode: Compat}, "{{ v|tojson }}", data)
		if err != nil {
			return
		}
		if strings.ContainsAny(out, "<>&'") {
			t.Errorf("%q gives %q", s, out)
		}
		if x != x || x-x != 0 {
			return // NaN and Infinity are not JSON, but what Python writes
		}
		var got map[string][]any
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%q gives %q: %v", s, out, err)
		}
		if valid := strings.ToValidUTF8(s, ""); valid == s && (len(got[s]) != 5 || got[s][0] != s || got[s][2] != x) {
			t.Errorf("%q gives %q", s, out)
		}
	})
}

// FuzzXmlattr: whatever the keys and values, there is one attribute for each and no more (CVE-2024-22195, CVE-2024-34064).
func FuzzXmlattr(f *testing.F) {
	for _, s := range []string{"class", "a b", "a/b", "a>b", "a=b", "a\tonclick=x", "a\fb", "\"", "'", "<", "é", "", "a\x00"} {
		f.Add(s, `"><script>`)
	}
	f.Fuzz(func(t *testing.T, key, val string) {
		d := value.NewDict(1)
		d.SetStr(key, value.Str(val))
		out, err := renderAttack(t, Config{Mode: Compat}, "<p{{ d|xmlattr }}>", map[string]any{"d": value.FromDict(d)})
		if err != nil || key == "" || strings.ContainsAny(key+val, "\x00\r") {
			return
		}
		z := html.NewTokenizer(strings.NewReader(out))
		z.Next()
		tok := z.Token()
		if tok.Type != html.StartTagToken || tok.Data != "p" || len(tok.Attr) != 1 || tok.Attr[0].Val != val {
			t.Errorf("%q=%q gives %q: %v", key, val, out, tok)
		}
		if z.Next() != html.ErrorToken || z.Err() != io.EOF {
			t.Errorf("%q=%q gives %q", key, val, out)
		}
	})
}
