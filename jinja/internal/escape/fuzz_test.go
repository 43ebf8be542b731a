package escape

import (
	"fmt"
	"html"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"
)

// documents are templates in which each · prints a value; they seed the fuzzers.
var documents = []string{
	"<p>·</p><b>·</b>", `<a href="·" title='·'>·</a>`, "<p a=· b=·c d>x</p>", `<img src=· srcset="· 2x, /· 1x">`,
	"<title>·</title><textarea>·</textarea>x", "<!-- · --><!--·--><b>", "<!-- a-·->b-->", "<!doctype ·><b>",
	"<h·>x</h·><t·><·></·>", "<p · data-·='x' ·><b>", "<input · disabled ·/>", "<a on·='f(·)'>",
	`<p onclick="f(·, '·', /·/)">`, `<p onclick='f(&quot;·&quot;)' @click=g(·)>`, `<a href="javascript:f('·', ·)">`,
	"<script>x = ·; y = '·'; z = \"·\"; // ·\n/* · */ w = /·/.test(`·${·}·`);</script><b>", "<script>f·(·-·+·)</script>",
	"<script type='application/json'>{\"a\": ·, \"b·\": \"·\"}</script><b>", "<script type='text/x'><p>·</p></script><b>",
	"<script><!-- '·' <script> '·' </script> '·' --></script><b>", "<script>'</·' + '<·!--' + '<!-·'</script><b>",
	`<p style="color: ·; ·: b; c: '·' url(·) url('/·')">`, "<style>.a-· {b: ·; c: \"·\"} /* · */ d{·}</style><b>",
	"<style>'</·'</style><b>", "<textarea></·></textarea><b>", "<svg><a xlink:href='·'/></svg>", "<iframe srcdoc='·'></iframe>",
	"<iframe srcdoc='<p>·'></iframe><b>", "<noscript><p a='·'>·</noscript><b>", "<a href='··' b='&·;&#·;'>", "<p\na\n=\n'·'\n>",
	"<xmp>·</xmp><plaintext>·</plaintext>", "</·>< ·<?·><b>",
}

// values are what an attacker would print.
var values = []string{
	"", "x", "1", "<script>alert(1)</script>", `"><b>`, `'><b>`, "--><b>", "-", "--", "->", "--!>", ">", "<", "&", "\x00", "\\", "\n",
	"</title>", "</textarea><b>", "</script><b>", "</style><b>", "script", "style", "title", "cript", "/script>", "!--", "javascript:alert(1)",
	" onclick=alert(1)", "onclick", "onclick=alert(1) x", "a b='c'", "/", "//", "/*", "*/", "');alert(1)//", `");alert(1)//`,
	"`", "${alert(1)}", "}", "{", "]]>", "\u2028", "#39;", "quot;", "#x27;", "red;}</style>", ";", "expression(x)", "url(//x)", "=",
	"\t", "\f", "é", "\xff", "&#34;", "&quot; onclick=x", "a\" b=\"c", "' x='", "%27%22", "/>", "checked",
}

// rendered is a template printed with one value in each place.
type rendered struct {
	page     string
	doubtful bool // a place was a name
	failed   bool
	err      error
}

// render prints a template and checks, at each value, that the machine itself finds what was written to be in one place.
func render(template, value string, how uint8) (r rendered) {
	var c Context
	var out []byte
	for i, text := range strings.Split(template, "·") {
		if i > 0 {
			e, after := c.Output()
			start := len(out)
			out = appendValue(e, out, value, how)
			isName := e.kind == asTagName || e.kind == asAttrNames || e.kind == asAttrPart
			r.doubtful = r.doubtful || isName
			real := Advance(c, string(out[start:]))
			if !after.Failed() && !isName && real.place() != after.place() && r.err == nil {
				r.err = fmt.Errorf("%q before value %d is %s, and behind it %s, want %s", out[start:], i, Describe(c), Describe(real), Describe(after))
			}
			c = after
		}
		out = append(out, text...)
		c = Advance(c, text)
		r.failed = r.failed || c.Failed()
	}
	r.page = string(out)
	return r
}

// appendValue prints the value as a string, as Markup that comes from escaping it, or as JSON.
func appendValue(e Escaper, dst []byte, value string, how uint8) []byte {
	switch {
	case e == Escaper{}:
		return append(dst, jinjaEscape(value)...)
	case e.JSON():
		return e.AppendJSON(dst, string(Escaper{kind: asJSValue}.Append(nil, value)))
	case how == 1:
		return e.AppendMarkup(dst, jinjaEscape(value))
	case e.Plain():
		if got, want := string(e.Append(nil, value)), jinjaEscape(value); got != want {
			panic(fmt.Sprintf("a plain place gives %q, want %q", got, want))
		}
	}
	return e.Append(dst, value)
}

func jinjaEscape(s string) string { return html.EscapeString(s) }

// place is what may not depend on a value: where the document, and the languages in it, stand.
func (c Context) place() string {
	if between(c.state) {
		c.state = inTag
	}
	if c.state == inTagOpen || c.state == inEndTagOpen {
		c.endTag = c.state == inEndTagOpen
		c.state = inTagName
	}
	if c.state == inMarkup {
		c.state = inBogus
	}
	if c.js.pending == '/' {
		c.js.pending = 0
		c.jsDivides()
	}
	return fmt.Sprint(c.state, c.element, c.endTag, c.attr, c.quote, c.hidden, c.js.mode, c.js.levels, c.js.braces, c.css.mode)
}

// structure is what a browser makes of a page, without the text in it: tokens, names of tags and names of attributes.
func structure(page string, names bool) []string {
	z := nethtml.NewTokenizer(strings.NewReader(page))
	var tokens []string
	for {
		kind := z.Next()
		if kind == nethtml.ErrorToken {
			return tokens
		}
		token := z.Token()
		if kind == nethtml.TextToken {
			continue // whether there is text depends on the value
		}
		if kind == nethtml.SelfClosingTagToken {
			token.Type = nethtml.StartTagToken
		}
		s := token.Type.String()
		if names {
			s += " " + tagName(token)
			for _, a := range token.Attr {
				s += " " + a.Key
			}
		}
		tokens = append(tokens, s)
	}
}

func tagName(t nethtml.Token) string {
	if t.Type == nethtml.CommentToken || t.Type == nethtml.DoctypeToken {
		return ""
	}
	return t.Data
}

// FuzzStructure asks that a document has the same structure whatever its values are.
func FuzzStructure(f *testing.F) {
	for i, d := range documents {
		for j := range 3 {
			f.Add(d, values[(i*7+j*13)%len(values)], uint8(j))
		}
	}
	f.Fuzz(func(t *testing.T, template, value string, how uint8) {
		checkStructure(t, template, value, how%2)
	})
}

// TestStructure is FuzzStructure for every seed with every value.
func TestStructure(t *testing.T) {
	for _, template := range documents {
		for _, value := range values {
			checkStructure(t, template, value, 0)
			checkStructure(t, template, value, 1)
		}
	}
}

func checkStructure(t *testing.T, template, value string, how uint8) {
	t.Helper()
	benign := render(template, "x", 0)
	got := render(template, value, how)
	if got.failed != benign.failed {
		t.Fatalf("%q fails for one of %q and x", template, value)
	}
	if got.failed {
		return
	}
	if got.err != nil {
		t.Fatalf("%q of %q: %v", template, value, got.err)
	}
	want, have := structure(benign.page, !benign.doubtful), structure(got.page, !benign.doubtful)
	if !slices.Equal(want, have) {
		t.Fatalf("%q of %q\ngot  %q\n     %q\nwant %q\n     %q", template, value, got.page, have, benign.page, want)
	}
}

// FuzzAdvance holds the machine against the tokenizer: a tag begins where the machine says that text is, and nowhere else.
func FuzzAdvance(f *testing.F) {
	for _, d := range documents {
		f.Add(strings.ReplaceAll(d, "·", "x"), 7)
		f.Add(strings.ReplaceAll(d, "·", `"`), 20)
	}
	f.Fuzz(checkAdvance)
}

func checkAdvance(t *testing.T, text string, cut int) {
	t.Helper()
	c := Advance(Context{}, text)
	if cut >= 0 && cut <= len(text) && !strings.Contains(text, "&") { // a cut reference is two texts
		if d := Advance(Advance(Context{}, text[:cut]), text[cut:]); d != c {
			t.Fatalf("%q cut at %d: %s\nwhole: %s\n%+v\n%+v", text, cut, Describe(d), Describe(c), d, c)
		}
	}
	lower := strings.ToLower(text)
	if strings.Contains(lower, "noscript") || strings.Contains(lower, "<!--") && strings.Contains(lower, "script") || strings.Contains(text, "\x00") {
		return // scripts that hide, in which the tokenizer differs from the standard
	}
	tokens := structure(text+"<probe>", true)
	found := len(tokens) > 0 && tokens[len(tokens)-1] == "StartTag probe"
	if want := c.state == inText || c.state == inTagOpen; found != want {
		t.Fatalf("%q: %s, but the tokenizer sees %q", text, Describe(c), tokens)
	}
}

// FuzzJoin asks that a joined place is one for both ways: what is written there by its escaper keeps to the place on each.
func FuzzJoin(f *testing.F) {
	for i, d := range documents {
		before, after, _ := strings.Cut(d, "·")
		f.Add(before, "x", "", strings.ReplaceAll(after, "·", ""), values[i])
		f.Add(before, " a='b'", "", "", values[i+9])
	}
	f.Fuzz(checkJoin)
}

func checkJoin(t *testing.T, before, a, b, after, value string) {
	t.Helper()
	start := Advance(Context{}, before)
	wayA, wayB := Advance(start, a), Advance(start, b)
	joined, ok := Join(wayA, wayB)
	if other, otherOK := Join(wayB, wayA); other != joined || otherOK != ok {
		t.Fatalf("%q{%q|%q}: the order matters", before, a, b)
	}
	c := Advance(joined, after)
	if !ok || c.Failed() {
		return
	}
	e, behind := c.Output()
	written := string(appendValue(e, nil, value, 0))
	for _, way := range []Context{wayA, wayB} {
		real := Advance(Advance(way, after), written)
		if sameCSS(real, behind) {
			real.css.mode = behind.css.mode
		}
		if !behind.Failed() && real.place() != behind.place() && !e.Doubtful() && c.js.mode != jsUnknown {
			t.Fatalf("%q{%q|%q}%q: %q is %s, want %s", before, a, b, after, written, Describe(real), Describe(behind))
		}
	}
}

// pieces are what TestGenerated makes templates of.
var pieces = strings.Split(`<|>|</|<!--|-->|--|-|!|<p| a=|"|'|`+"`"+`| href=| onclick=| style=| src|script|style|title|<script>|</script>|<style>|`+
	`</style>|<title>|</title>|textarea|<textarea|·|·|·|·|·|·|/|/*|*/|//|{|}|${|(|)|:|;|=|url(|x| |return |if |\\|&|&#|&quot|&quot;|javascript:|`+
	`data-|on|h|s|?|#|+|.|[|]|,| type=|text/html|<iframe srcdoc='| srcset='|<!|<?|t|cript|itle|<svg>|color:|a{|'>|">|' |\n`, "|")

// TestGenerated does what the fuzzers do for templates put together at random, which leads deeper into the languages than
// changing bytes does.
func TestGenerated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return strings.ReplaceAll(b.String(), `\n`, "\n")
	}
	value := func() string { return values[r.IntN(len(values))] + values[r.IntN(len(values))*r.IntN(2)] }
	ends := []string{"", "<b>", "'><b>", `"><b>`, "></script><b>"}
	n := 30000
	if testing.Short() {
		n = 3000
	}
	for range n {
		template := some(2+r.IntN(10)) + ends[r.IntN(len(ends))]
		checkStructure(t, template, value(), uint8(r.IntN(2)))
		text := strings.ReplaceAll(template, "·", "")
		checkAdvance(t, text, r.IntN(len(text)+1))
		static := func(n int) string { return strings.ReplaceAll(some(n), "·", "") }
		checkJoin(t, static(r.IntN(6)), static(r.IntN(4)), static(r.IntN(2)), static(r.IntN(3)), value())
	}
}
