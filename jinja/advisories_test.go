package jinja

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestAdvisories tries the attacks that were published on template engines, each under the name of its advisory.
func TestAdvisories(t *testing.T) {
	for _, tt := range []struct {
		name   string
		attack func(*testing.T)
	}{
		{"CVE-2016-10745 str.format leaves the sandbox", sandboxHolds(
			"{{ '{0.__class__.__mro__}'.format(x) }}",
			"{{ '{a.__class__.__init__}'.format(a=x) }}",
			"{{ '{0.password.x}'.format(x) }}",
			"{{ '{:{0.__class__}}'.format(x) }}",
		)},
		{"CVE-2019-10906 str.format_map leaves the sandbox", sandboxHolds(
			"{{ '{a.__class__.x}'.format_map({'a': x}) }}",
			"{{ ('{a.__class__.x}'|e).format_map({'a': x}) }}",
		)},
		{"CVE-2024-56326 a stored str.format leaves the sandbox", sandboxHolds(
			"{% set f = '{0.__class__.x}'.format %}{{ f(x) }}",
			"{% macro m(f) %}{{ f(x) }}{% endmacro %}{{ m('{0.__class__.x}'.format) }}",
			"{{ ['{0.__class__.x}']|map(attribute='format')|first()(x) }}{{ (['{0.__class__.x}']|map(attribute='format')|list)[0](x) }}",
		)},
		{"CVE-2025-27516 str.format by the filter attr leaves the sandbox", sandboxHolds(
			"{{ ('{0.__class__.x}'|attr('format'))(x) }}",
			"{{ ('{a.__class__.x}'|attr('format_map'))({'a': x}) }}",
			"{{ (x|attr('__class__')).x }}",
			"{{ (x|attr('Password'))() }}",
		)},
		{"CVE-2024-56201 the name of a template is run", namesAreText},
		{"CVE-2024-22195 xmlattr takes blanks in keys", xmlattrRefuses("x onclick=alert(1)", "x\tonclick", "x\nonclick", "x\fonclick", "x\ronclick")},
		{"CVE-2024-34064 xmlattr takes / > and = in keys", xmlattrRefuses("x/onclick", "x><script>", "onclick=alert(1)")},
		{"CVE-2020-28493 urlize takes quadratic time", urlizeIsLinear},
		{"CVE-2014-0012 CVE-2014-1402 compiled templates lie in a folder for all", nothingIsWritten},
		{"coze-loop#556 a string is repeated until memory is full", tooLargeIsRefused},
		{"pongo2#216 pongo2#237 a template panics", panicsAreErrors},
		{"pongo2 reads any file", filesStayInRoot},
		{"CVE-2026-23954 CVE-2026-48752 a link leads out of the templates", linksStayInRoot},
		{"CVE-2023-24538 CVE-2026-32289 values in JavaScript's template literals", contextHolds(
			"<script>var x = `{{ v }}`;</script>", "<script>var x = `${ {{ v }} }`;</script>", "<script>var x = `a${ `{{ v }}` }`;</script>")},
		{"CVE-2023-24539 values in CSS", contextHolds("<style>p { color: {{ v }} }</style>", `<p style="color: {{ v }}">`, "<style>/*{{ v }}*/</style>")},
		{"CVE-2023-24540 white space in JavaScript", contextHolds("<script>var a =\u2028{{ v }};</script>", "<script>a\u00a0/ {{ v }} /1;</script>", "<script>x\v= {{ v }}</script>")},
		{"CVE-2023-29400 an attribute without quotes and value", contextHolds("<input value={{ v }} title=t>", "<input value={{ v }}>")},
		{"CVE-2023-39318 comments of HTML in scripts", contextHolds("<script><!-- {{ v }}\n--></script>", "<script>#! {{ v }}\n</script>", "<script>\n--> {{ v }}\n</script>")},
		{"CVE-2023-39319 <script> in a script's string", contextHolds(`<script>var s = "<script>{{ v }}";</script>`, `<script>var s = "<!-- <script>"; var t = {{ v }};</script>`)},
	} {
		t.Run(tt.name, tt.attack)
	}
}

func sandboxHolds(sources ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, source := range sources {
			out, err := renderAttack(t, Config{Sandbox: SandboxOn}, source, map[string]any{"x": &secretive{"n"}})
			if e := (*Error)(nil); !errors.As(err, &e) || !slices.Contains([]string{KindSecurity, KindUndefined, "TypeError", "ValueError"}, e.Kind) {
				t.Errorf("%s: got %q, %v", source, out, err)
			}
		}
	}
}

func namesAreText(t *testing.T) {
	for _, name := range []string{`"""+{}+"""`, "{{ 7 * 7 }}", "a\nimport os", `'); panic("`, "{% raw %}", "%s%n"} {
		env, err := New(Config{Loader: MapLoader(map[string]string{name: "{{ missing.x }}"})})
		if err != nil {
			t.Fatal(err)
		}
		tmpl, err := env.Template(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tmpl.Append(nil, Input{})
		if e := (*Error)(nil); !errors.As(err, &e) || e.Stack[0].Template != name || e.Message != "'missing' is undefined" {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func xmlattrRefuses(keys ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, key := range keys {
			out, err := renderAttack(t, Config{}, "<p{{ {k: 1}|xmlattr }}>", map[string]any{"k": key})
			if e := (*Error)(nil); !errors.As(err, &e) || e.Kind != "ValueError" {
				t.Errorf("%q: got %q, %v", key, out, err)
			}
		}
	}
}

// urlizeIsLinear renders texts on which regular expressions took quadratic time and more. If one did here, the test would not
// end.
func urlizeIsLinear(t *testing.T) {
	const n = 200_000
	for _, text := range []string{
		strings.Repeat("(", n), strings.Repeat(")", n), strings.Repeat("(", n) + strings.Repeat(")", n), strings.Repeat("<", n) + strings.Repeat(">", n),
		strings.Repeat("a.", n), "http://" + strings.Repeat("a.", n), "x@" + strings.Repeat("a.", n), strings.Repeat("@", n), strings.Repeat("&gt;", n),
		"http://[" + strings.Repeat("0:", n) + "]", "www." + strings.Repeat("-", n), strings.Repeat("mailto:a@b.c ", n/10), strings.Repeat("!.,", n),
		"http://a.com" + strings.Repeat(").", n), strings.Repeat(" ", n), strings.Repeat("x-", n) + "@a.b",
	} {
		if _, err := renderAttack(t, Config{}, "{{ text|urlize }}{{ text|wordwrap(20) }}{{ text|striptags }}{{ text|title }}", map[string]any{"text": text}); err != nil {
			t.Errorf("%.20q…: %v", text, err)
		}
	}
}

// tooLargeIsRefused computes what would fill the memory.
func tooLargeIsRefused(t *testing.T) {
	for _, expr := range []string{
		"'A' * 8000000000000", "range(10**12)|list", "'a'|center(10**12)", "'%1000000000000d'|format(1)", "'x'|indent(10**12)",
		"[1]|batch(10**12, 0)|list", "[1]|slice(10**12, 0)|list", "lipsum(10**9)", "'a b'|wordwrap(1, wrapstring='x' * 10**7)|length * 'y' * 10**12",
		"{'a': 1}|tojson(10**12)", "('a' * 10**6)|replace('a', 'b' * 10**6)", "('a,' * 10**6)|join('x' * 10**6)", "'{:1000000000000}'.format(1)",
		"'a' ~ 'b' * 10**12", "(('a' * 10**6 ~ ' ') * 100)|urlize", "10**(10**10)", "'x'|truncate(10**12, end='y' * 10**12)", "'\n'|indent(10**11, true, true)",
	} {
		_, err := renderAttack(t, Config{Limits: Limits{Steps: 1 << 24, Value: 1 << 24}}, "{{ "+expr+" }}", nil)
		if err == nil {
			t.Errorf("%s is done", expr)
		}
	}
}

func nothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("TMPDIR", dir)
	if _, err := renderAttack(t, Config{}, "{% macro m() %}x{% endmacro %}{{ m() }}", nil); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("got files %v, %v", files, err)
	}
}

func panicsAreErrors(t *testing.T) {
	data := map[string]any{
		"panics": func() string { panic("oh") }, "nilmap": map[string]any(nil), "nilpointer": (*secretive)(nil), "nilfunc": (func() string)(nil),
	}
	for _, source := range []string{
		"{{ panics() }}", "{{ nilfunc() }}", "{{ nilpointer.Name.x }}", "{{ nilpointer.Password() }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}", "{{ [][9].x }}",
		"{{ ''[0].x }}", "{{ nilmap.a.b }}", "{{ {}.a.b }}", "{% for a, b in [1] %}{% endfor %}", "{{ 'x' * -1 ~ [1] * -5 ~ x.y }}", "{{ range(1, 2, 0) }}",
	} {
		out, err := renderAttack(t, Config{}, source, data)
		if e := (*Error)(nil); !errors.As(err, &e) {
			t.Errorf("%s: got %q, %v", source, out, err)
		}
	}
}

func filesStayInRoot(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.txt")
	if err := errors.Join(os.WriteFile(secret, []byte("hunter2"), 0o600), os.Mkdir(filepath.Join(dir, "templates"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{secret, "/etc/passwd", "../secret.txt", "x/../../secret.txt", "./../secret.txt", "..\\secret.txt", "file://" + secret, ""} {
		for _, source := range []string{"{% include name %}", "{% extends name %}", "{% import name as m %}{{ m }}", "{% from name import x %}"} {
			out, err := renderAttack(t, Config{Loader: DirLoader(filepath.Join(dir, "templates"))}, source, map[string]any{"name": name})
			if err == nil || strings.Contains(out+err.Error(), "hunter2") {
				t.Errorf("%s of %q: got %q, %v", source, name, out, err)
			}
		}
	}
}

func linksStayInRoot(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "templates")
	err := errors.Join(os.WriteFile(filepath.Join(dir, "secret.txt"), []byte("hunter2"), 0o600), os.Mkdir(root, 0o700),
		os.Symlink("../secret.txt", filepath.Join(root, "file")), os.Symlink("..", filepath.Join(root, "folder")), os.Symlink(dir, filepath.Join(root, "absolute")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file", "folder/secret.txt", "absolute/secret.txt"} {
		out, err := renderAttack(t, Config{Loader: DirLoader(root)}, "{% include name %}", map[string]any{"name": name})
		if err == nil || strings.Contains(out, "hunter2") {
			t.Errorf("%q: got %q, %v", name, out, err)
		}
	}
}

// contextHolds prints hostile values at places where html/template once let them through. No value may change the elements
// and attributes of the page, nor be run as a script.
func contextHolds(sources ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, source := range sources {
			want := structure(t, strings.ReplaceAll(source, "{{ v }}", "x"))
			script := strings.HasPrefix(source, "<script>")
			code := script && (strings.Contains(source, "= {{ v }}") || strings.Contains(source, "/ {{ v }}"))
			for _, v := range []string{
				"", " ", "`;alert(1);`", "${alert(1)}", "</script><img src=x onerror=alert(1)>", "</style><script>alert(1)</script>", "x onclick=alert(1)",
				"*/}body{background:url(javascript:alert(1))}", "red;background:url(//evil.example)", "\nalert(1)\n", "\u2028alert(1)\u2028", "--> alert(1)",
				"<!--<script>", "\"'`;alert(1)//", "\\", "/;alert(1);/",
			} {
				out, err := renderAttack(t, Config{Mode: Contextual, Autoescape: func(string) bool { return true }}, source, map[string]any{"v": v})
				if err != nil {
					continue // refused
				}
				if got := structure(t, out); got != want {
					t.Errorf("%s with %q: got %s, which has %s instead of %s", source, v, out, got, want)
				}
				if script && (strings.Contains(out, "\nalert") || strings.Contains(out, "\u2028alert")) {
					t.Errorf("%s with %q: got %s, where a line ends a comment or a string", source, v, out)
				}
				if code && strings.Contains(v, "alert(1)") && strings.Contains(out, v) && !strings.Contains(out, `"`+v+`"`) {
					t.Errorf("%s with %q: got %s, which is run", source, v, out)
				}
			}
		}
	}
}

// structure names the elements of a page and their attributes, without the values.
func structure(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		switch token := z.Token(); token.Type {
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			fmt.Fprintf(&b, "<%s %s", token.Type, token.Data)
			for _, a := range token.Attr {
				b.WriteString(" " + a.Key)
			}
			b.WriteString(">")
		case html.CommentToken:
			b.WriteString("<!>")
		default:
		}
	}
	return b.String()
}
