package escape_test

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/escape"
)

// render writes a template in which each · is an output of value.
func render(t *testing.T, template, value string, write func(Escaper, []byte, string) []byte) string {
	t.Helper()
	var c Context
	var out []byte
	for i, text := range strings.Split(template, "·") {
		if i > 0 {
			var e Escaper
			e, c = c.Output()
			out = write(e, out, value)
		}
		out = append(out, text...)
		c = Advance(c, text)
	}
	return string(out)
}

func plain(e Escaper, dst []byte, s string) []byte {
	if e.JSON() {
		return e.AppendJSON(dst, fmt.Sprintf("%q", s))
	}
	return e.Append(dst, s)
}

func TestDescribe(t *testing.T) {
	for _, tt := range []struct{ before, want string }{
		{"", "in text"},
		{"<p>a", "in text"},
		{"a < b", "in text"},
		{"<", "in the name of a tag"},
		{"<h", "in the name of a tag"},
		{"</h", "in the name of an end tag"},
		{"<!", "in a markup declaration"},
		{"<!doctype ", "in a markup declaration"},
		{"<!--", "in a comment"},
		{"<!-- a -- b", "in a comment"},
		{"<!-->", "in text"},
		{"<!--->", "in text"},
		{"<!-- a --!>", "in text"},
		{"<p ", "inside a tag, where an attribute may stand"},
		{"<p a", "in the name of an attribute"},
		{"<p a ", "inside a tag, where an attribute may stand"},
		{"<p a=", "at the start of an unquoted attribute value"},
		{"<p a = b", "in an unquoted attribute value"},
		{"<p a=b ", "inside a tag, where an attribute may stand"},
		{"<p a=b>", "in text"},
		{`<p a="`, "in a double-quoted attribute value"},
		{`<p a='"`, "in a single-quoted attribute value"},
		{`<p a=""/`, "inside a tag, where an attribute may stand"},
		{`<p a=">`, "in a double-quoted attribute value"},
		{`<a href="`, "at the start of a double-quoted URL attribute"},
		{`<a href="/`, "in a double-quoted URL attribute"},
		{`<a HREF='x`, "in a single-quoted URL attribute"},
		{`<a href="javascript:`, "where JavaScript expects a value, in a double-quoted javascript: URL"},
		{`<img srcset="`, "at the start of a double-quoted srcset attribute"},
		{`<p onclick="`, "where JavaScript expects a value, in a double-quoted event handler"},
		{`<p onclick="f('`, "in a single-quoted JavaScript string, in a double-quoted event handler"},
		{`<p onclick="f(&quot;`, "in a double-quoted JavaScript string, in a double-quoted event handler"},
		{`<p @click='`, "where JavaScript expects a value, in a single-quoted event handler"},
		{`<p style="`, "where a CSS property may stand, in a double-quoted style attribute"},
		{`<p style="color: `, "in the value of a CSS property, in a double-quoted style attribute"},
		{`<p style="background: url(`, "in a CSS URL, in a double-quoted style attribute"},
		{`<p style="background: url('`, "in a single-quoted CSS URL, in a double-quoted style attribute"},
		{"<title>a", "in the text of a <title>"},
		{"<title><b", "in the text of a <title>"},
		{"<title></titles", "in the text of a <title>"},
		{"<title></TITLE >", "in text"},
		{"<textarea></title>", "in the text of a <textarea>"},
		{"<plaintext></plaintext>", "in the text of a <plaintext>"},
		{"<script>", "where JavaScript expects a value, in a <script>"},
		{"<script>x = '", "in a single-quoted JavaScript string, in a <script>"},
		{`<script>x = "\"`, "in a double-quoted JavaScript string, in a <script>"},
		{"<script>x = `", "in a JavaScript template literal, in a <script>"},
		{"<script>x = `${", "where JavaScript expects a value, in a <script>"},
		{"<script>x = `${ {a: '}'} + `", "in a JavaScript template literal, in a <script>"},
		{"<script>x = `${ {a: `b`} }", "in a JavaScript template literal, in a <script>"},
		{"<script>x = /", "in a JavaScript regular expression, in a <script>"},
		{"<script>x = /[/", "in a JavaScript regular expression, in a <script>"},
		{"<script>x = y / ", "where JavaScript expects a value, in a <script>"},
		{"<script>return /", "in a JavaScript regular expression, in a <script>"},
		{"<script>x.return / ", "where JavaScript expects a value, in a <script>"},
		{"<script>if (a(b)) /'", "in a JavaScript regular expression, in a <script>"},
		{"<script>a(b) /'", "in a single-quoted JavaScript string, in a <script>"},
		{"<script>i++ / '", "in a single-quoted JavaScript string, in a <script>"},
		{"<script>} / a", "in JavaScript that cannot be followed, in a <script>"},
		{"<script>'\n", "in JavaScript that cannot be followed, in a <script>"},
		{"<script>// '", "in a JavaScript comment, in a <script>"},
		{"<script>// '\n", "where JavaScript expects a value, in a <script>"},
		{"<script>/* ' **", "in a JavaScript comment, in a <script>"},
		{"<script>/* ' **/", "where JavaScript expects a value, in a <script>"},
		{"<script><!-- '", "in a JavaScript comment, in a <script>"},
		{"<script>'</script>", "in text"},
		{"<script>'</scripts>", "in a single-quoted JavaScript string, in a <script>"},
		{"<script><!-- <script> </script>", "in a JavaScript comment, in a <script>"},
		{"<script><!-- <script> </script> </script>", "in text"},
		{"<script><!-- <script> --></script>", "in text"},
		{"<script type='text/template'>'", "in the text of a <script>"},
		{"<script type=text/html>'", "in the text of a <script>"},
		{`<script type="application/ld+json">{"a": "`, "in a double-quoted JavaScript string, in a <script>"},
		{"<script src=x type=module>'", "in a single-quoted JavaScript string, in a <script>"},
		{"<style>", "where a CSS rule may stand, in a <style>"},
		{"<style>a{", "where a CSS property may stand, in a <style>"},
		{"<style>a{b:", "in the value of a CSS property, in a <style>"},
		{"<style>a{b:'", "in a single-quoted CSS string, in a <style>"},
		{"<style>a{b:c}d{", "where a CSS property may stand, in a <style>"},
		{"<style>/* '", "in a CSS comment, in a <style>"},
		{"<style>a{b:url( '", "in a single-quoted CSS URL, in a <style>"},
		{"<style>a{b:url(x) '", "in a single-quoted CSS string, in a <style>"},
		{"<style>'</style>", "in text"},
		{"<noscript><p a='", "in a single-quoted attribute value"},
	} {
		if got := Describe(Advance(Context{}, tt.before)); got != tt.want {
			t.Errorf("after %s\ngot  %s\nwant %s", tt.before, got, tt.want)
		}
	}
}

// TestSame holds the places where Jinja's bytes are kept.
func TestSame(t *testing.T) {
	const value = `<a href="x">O'Neil & Söhne</a>`
	const jinja = `&lt;a href=&#34;x&#34;&gt;O&#39;Neil &amp; Söhne&lt;/a&gt;`
	for _, template := range []string{
		"·", "<p>·</p>", "<title>·</title>", "<textarea>·", `<p class="·">`, `<p class='a · b'>`, "<noscript>·</noscript>",
		"<p title = \"·\">", `<a href="/search?q=·">`, `<a href="https://x/·">`, "<script type='text/template'>·",
		"<!doctype ·>", "<!-- · -->", `<input value="·" disabled>`, `<p data-x="·">`,
	} {
		got := render(t, template, value, plain)
		if want := strings.ReplaceAll(template, "·", jinja); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if e, _ := Advance(Context{}, "<p>").Output(); e != (Escaper{}) {
		t.Error("text has an escaper of its own")
	}
	for _, place := range []string{"<p a='", "<title>", `<a href="/`} {
		if e, _ := Advance(Context{}, place).Output(); !e.Plain() {
			t.Errorf("strings behind %s are not plain", place)
		}
	}
	for _, place := range []string{"<p a=", `<a href="`, "<script>", "<style>", "<p onclick='", "<title><", "<p "} {
		if e, _ := Advance(Context{}, place).Output(); e.Plain() {
			t.Errorf("strings behind %s are plain", place)
		}
	}
}

func TestAppend(t *testing.T) {
	for _, tt := range []struct{ template, value, want string }{
		// unquoted attributes
		{"<p a=·>", "x", "<p a=x>"},
		{"<p a=·>", "", "<p a=&#32;>"},
		{"<p a=·>", "x onclick=alert(1)", "<p a=x&#32;onclick&#61;alert(1)>"},
		{"<p a=/·/b>", "", "<p a=//b>"},
		{"<p a=·>", "\t\r\n\f`\x00>", "<p a=&#9;&#13;&#10;&#12;&#96;&#xfffd;&gt;>"},

		// URLs
		{`<a href="·">`, "/a?b=c&d", `<a href="/a?b=c&amp;d">`},
		{`<a href="·">`, "https://x/", `<a href="https://x/">`},
		{`<a href="·">`, "mailto:a@b", `<a href="mailto:a@b">`},
		{`<a href="·">`, "javascript:alert(1)", `<a href="#blocked">`},
		{`<a href="·">`, " JaVa\tScRiPt:alert(1)", `<a href="#blocked">`},
		{`<a href="·">`, "\x01javascript:alert(1)", `<a href="#blocked">`},
		{`<a href="·">`, "vbscript:x", `<a href="#blocked">`},
		{`<a href="·">`, "data:text/html,<script>", `<a href="#blocked">`},
		{`<img src="·">`, "data:image/png;base64,AA==", `<img src="data:image/png;base64,AA==">`},
		{`<img src="·">`, "data:image/svg+xml,<svg onload=x>", `<img src="#blocked">`},
		{`<a href="·">`, "javascript", `<a href="javascrip%74">`},
		{`<a href="·">`, "12:30", `<a href="12:30">`},
		{`<a href="·">`, "", `<a href="">`},
		{`<a href="·://x">`, "javascript", `<a href="javascrip%74://x">`},
		{`<a href="x·">`, "y:z", `<a href="xy%3Az">`},
		{`<a href="··">`, "javascript:", `<a href="#blockedjavascript%3A">`},
		{`<a href="?u=·">`, "javascript:x", `<a href="?u=javascript:x">`},
		{"<a href=·>", "javascript:x", "<a href=#blocked>"},
		{"<a href=·>", "/a b", "<a href=/a&#32;b>"},
		{`<form action="·">`, "javascript:x", `<form action="#blocked">`},
		{`<use xlink:href="·">`, "javascript:x", `<use xlink:href="#blocked">`},
		{`<p data-url="·">`, "javascript:x", `<p data-url="#blocked">`},
		{`<img srcset="·">`, "a.png 1x, b.png 2x", `<img srcset="a.png 1x, b.png 2x">`},
		{`<img srcset="·">`, "a.png 1x, javascript:x 2x", `<img srcset="#blocked">`},
		{`<img srcset="/a.png 1x, ·">`, "javascript:x 2x", `<img srcset="/a.png 1x, #blocked">`},

		// JavaScript
		{"<script>x = ·;</script>", `</script>"'`, `<script>x = "\u003c/script\u003e\"\u0027";</script>`},
		{"<script>x = '·';</script>", `</script>'"\` + "\n\u2028`", `<script>x = '\u003c/script\u003e\u0027\u0022\u005c\u000a\u2028\u0060';</script>`},
		{"<script>x = \"a·\";</script>", "b c/d?e=f", `<script>x = "ab c/d?e=f";</script>`},
		{"<script>x = `a·`;</script>", "${b}`", "<script>x = `a\\u0024\\u007bb\\u007d\\u0060`;</script>"},
		{"<script>x = `$·`;</script>", "{b}", "<script>x = `$\\u007bb\\u007d`;</script>"},
		{"<script>x = `${·}`;</script>", "b", "<script>x = `${\"b\"}`;</script>"},
		{"<script>x = /·/;</script>", "a.b/", `<script>x = /a\u002eb\u002f/;</script>`},
		{"<script>x = /·/;</script>", "", `<script>x = /(?:)/;</script>`},
		{"<script>// ·\nx</script>", "a\nb\u2028c", "<script>// a b c\nx</script>"},
		{"<script>/*·*/</script>", "*/x", "<script>/*  x*/</script>"},
		{"<script>/**·/ x */</script>", "", "<script>/**_/ x */</script>"},
		{"<script>var chart·_x = 1</script>", "a1", "<script>var charta1_x = 1</script>"},
		{"<script>var chart· = 1</script>", "a;b", "<script>var chart_ = 1</script>"},
		{"<script>} /·/</script>", "alert(1)", "<script>} /_/</script>"},
		{`<script>x = '\·'</script>`, `'`, `<script>x = '\\\u0027'</script>`},
		{"<script>'</·'</script>", "script>", `<script>'</\u0073cript\u003e'</script>`},
		{`<p onclick="f(·)">`, `"x'`, `<p onclick="f(&#34;\&#34;x\u0027&#34;)">`},
		{`<p onclick="f('·')">`, `');alert(1)//`, `<p onclick="f('\u0027);alert(1)//')">`},
		{`<p onclick="f('&·')">`, `#39;`, `<p onclick="f('&\u002339;')">`},
		{`<p onclick=f('·')>`, `a b`, `<p onclick=f('a&#32;b')>`},
		{`<p onclick=·>`, ``, `<p onclick=&#34;&#34;>`},
		{`<p @click="f('·')">`, `'`, `<p @click="f('\u0027')">`},
		{`<a href="javascript:f('·')">`, `%27'`, `<a href="javascript:f('\u002527\u0027')">`},
		{`<script type="application/json">{"a": ·, "b": "·"}</script>`, `"</`, `<script type="application/json">{"a": "\"\u003c/", "b": "\u0022\u003c/"}</script>`},

		// CSS
		{`<p style="color: ·">`, "red", `<p style="color: red">`},
		{`<p style="color: ·">`, "rgb(1, 2, 3) !important", `<p style="color: rgb(1, 2, 3) !important">`},
		{`<p style="color: ·">`, "red; position: fixed", `<p style="color: blocked">`},
		{`<p style="color: ·">`, "expression(alert(1))", `<p style="color: blocked">`},
		{`<p style="color: ·">`, "url(x)", `<p style="color: blocked">`},
		{`<p style="width: ·%">`, "10.5", `<p style="width: 10.5%">`},
		{`<p style="·">`, "color: red; width: calc(1px + 2*3px)", `<p style="color: red; width: calc(1px + 2*3px)">`},
		{`<p style="·">`, "background: url(x)", `<p style="blocked">`},
		{`<p style="·">`, "behavior: x", `<p style="blocked">`},
		{`<p style="·: red">`, "color", `<p style="color: red">`},
		{`<p style="font: '·'">`, `a'"\`, `<p style="font: 'a\27 \22 \5c '">`},
		{`<p style="b: url(·)">`, `/a(b) 'c'?d&e`, `<p style="b: url(/a%28b%29%20%27c%27?d&amp;e)">`},
		{`<p style="b: url('·')">`, `javascript:x`, `<p style="b: url('#blocked')">`},
		{`<p style="b: url('/·')">`, `a:b`, `<p style="b: url('/a:b')">`},
		{`<style>a{b:·}</style>`, `c}</style>`, `<style>a{b:blocked}</style>`},
		{`<style>a{b:'·'}</style>`, `</style>`, `<style>a{b:'\3c \2f style\3e '}</style>`},
		{`<style>/*·*/</style>`, `*/ a`, `<style>/*   a*/</style>`},
		{`<style>.a-· {}</style>`, `b`, `<style>.a-b {}</style>`},

		// tags and attributes
		{"<h·>", "1", "<h1>"},
		{"<h·>", "1 onclick=x", "<h-blocked>"},
		{"<·>", "b", "<b>"},
		{"<·>", "script", "<x-blocked>"},
		{"<·>", "", "<x-blocked>"},
		{"<s·>", "cript", "<s-blocked>"},
		{"<s·>", "CRIPT", "<s-blocked>"},
		{"<t·>", "d", "<td>"},
		{"<title·>", "", "<title>"},
		{"<title·>x</title>·", "a", "<title a>x</title>a"},
		{"</·>", "p", "</p>"},
		{"<p ·>", "checked", "<p checked>"},
		{"<p ·>", "checked disabled", "<p checked disabled>"},
		{"<p ·>", "onclick=alert(1)", "<p data-blocked>"},
		{"<p ·>", "onclick", "<p data-blocked>"},
		{"<p ·>", "", "<p >"},
		{"<p data-·='x'>", "id", "<p data-id='x'>"},
		{"<p data-·='x'>", "id onclick", "<p data--blocked='x'>"},
		{"<p s·='x'>", "tyle", "<p s-blocked='x'>"},
		{"<p on·='f(·)'>", "click", `<p onclick='f(&#34;click&#34;)'>`},

		// elsewhere
		{"<!-- · -->", "--><script>", "<!-- --&gt;&lt;script&gt; -->"},
		{"<!--·>", "-", "<!-- &#45;>"},
		{"<!--·>", "", "<!-- >"},
		{"<!·>", "--", "<!x-blocked>"},
		{"<title></·title>", "x", "<title></&#120;title>"},
		{`<iframe srcdoc="·">`, "<b>&", `<iframe srcdoc="&amp;lt;b&amp;gt;&amp;amp;">`},
		{`<iframe srcdoc="<p>·">`, "<b>", `<iframe srcdoc="<p>_">`},
		{`<script type="·">x = ·`, "text/html", `<script type="text/html">x = "text/html"`},
	} {
		if got := render(t, tt.template, tt.value, plain); got != tt.want {
			t.Errorf("%s of %q\ngot  %s\nwant %s", tt.template, tt.value, got, tt.want)
		}
	}
}

func TestAppendMarkup(t *testing.T) {
	markup := func(e Escaper, dst []byte, s string) []byte { return e.AppendMarkup(dst, s) }
	for _, tt := range []struct{ template, value, want string }{
		{`<p a="·">`, `x &amp; <b class="c">'y'</b>`, `<p a="x &amp; <b class=&#34;c&#34;>'y'</b>">`},
		{`<p a='·'>`, `'`, `<p a='&#39;'>`},
		{`<p a=·>`, `x&#34; y`, `<p a=x&#34;&#32;y>`},
		{`<title>·</title>`, `</title>&lt;`, `<title>&lt;/title>&lt;</title>`},
		{`<a href="·">`, `/a?b&amp;c`, `<a href="/a?b&amp;c">`},
		{`<a href="·">`, `javascript&#58;x`, `<a href="#blocked">`},
		{`<ul·>`, ` class="a" onclick='b'`, `<ul class="a" onclick='b'>`},
		{`<textarea·>·`, ` class="a"`, `<textarea class="a"> class="a"`},
		{`<ul·>`, ` class=a`, `<ul-blocked>`},
		{`<ul·>`, ``, `<ul>`},
		{`<ul ·>`, `class="a"`, `<ul class="a">`},
		{`<ul ·>`, `class="a">`, `<ul data-blocked>`},
		{`<ul ·>`, `class="a`, `<ul data-blocked>`},
		{`<ul ·>`, `a onclick=alert(1)`, `<ul data-blocked>`},
		{`<ul ·>`, `a="b"onclick="c"`, `<ul data-blocked>`},
		{`<ul ·>`, `hidden id="x"`, `<ul hidden id="x">`},
		{`<script>x = "·"</script>`, `<b>`, `<script>x = "\u003cb\u003e"</script>`},
		{`<iframe srcdoc="·">`, `<b>&amp;"`, `<iframe srcdoc="&lt;b&gt;&amp;amp;&#34;">`},
		{`<!-- · -->`, `<b>&amp;</b>--`, `<!-- &lt;b&gt;&amp;&lt;/b&gt;&#45;&#45; -->`},
	} {
		if got := render(t, tt.template, tt.value, markup); got != tt.want {
			t.Errorf("%s of %q\ngot  %s\nwant %s", tt.template, tt.value, got, tt.want)
		}
	}
}

func TestAppendJSON(t *testing.T) {
	js := func(e Escaper, dst []byte, s string) []byte {
		if !e.JSON() {
			return e.Append(dst, s)
		}
		return e.AppendJSON(dst, s)
	}
	for _, tt := range []struct{ template, value, want string }{
		{"<script>x = ·</script>", `{"a": [1, null]}`, `<script>x = {"a": [1, null]}</script>`},
		{"<script>x = ·</script>", `"</script>&'` + "\u2028\u2029é\xff\"", `<script>x = "\u003c/script\u003e\u0026\u0027\u2028\u2029é` + "\xff\"</script>"},
		{"<script>x = y-·</script>", `-1`, `<script>x = y- -1</script>`},
		{"<script>x = y+·</script>", `-1`, `<script>x = y+-1</script>`},
		{"<script>f·()</script>", `7`, `<script>f7()</script>`},
		{"<script>x.·</script>", `ab`, `<script>x.ab</script>`},
		{`<p onclick="f(·)">`, `{"a": 1}`, `<p onclick="f({&#34;a&#34;: 1})">`},
		{`<p onclick=f(·)>`, `{"a": 1}`, `<p onclick=f({&#34;a&#34;:&#32;1})>`},
	} {
		if got := render(t, tt.template, tt.value, js); got != tt.want {
			t.Errorf("%s of %s\ngot  %s\nwant %s", tt.template, tt.value, got, tt.want)
		}
	}
}

func TestFailed(t *testing.T) {
	for _, template := range []string{
		`<a ·="x">`, `<·cript>`, `<a ··="x"`, `<p a·b="x">`, `<a href="··:x">`, `<a href="x·:">`, `<title></·title>`,
	} {
		var c Context
		for i, text := range strings.Split(template, "·") {
			if i > 0 {
				_, c = c.Output()
			}
			c = Advance(c, text)
		}
		if !c.Failed() {
			t.Errorf("%s: %s", template, Describe(c))
		}
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct{ before, a, b, after, want string }{
		{"", "<p>x</p>", "", "", "in text"},
		{"<p ", "checked", "", ">", "in text"},
		{"<p", " class='a'", "", " b", "in the name of an attribute"},
		{"<p", " class='a'", "", ">", "in text"},
		{"<script", " defer", "", ">", "where JavaScript expects a value, in a <script>"},
		{"<h", "1", "2", " id='", "in a single-quoted attribute value"},
		{"<", "b", "i", ">", "in text"},
		{"<p class='", "a", "", "", "in a single-quoted attribute value"},
		{"<a href='", "/x", "", "", "at the start of a single-quoted URL attribute"},
		{"<a href='", "http", "https", "://x", "in a single-quoted URL attribute"},
		{"<p style='", "color: red;", "", "", "where a CSS property may stand, in a single-quoted style attribute"},
		{"<p style='", "color: red", "", "", "in the value of a CSS property, in a single-quoted style attribute"},
		{"<script>", "x = 1;", "y", "; '", "in a single-quoted JavaScript string, in a <script>"},
		{"<script>", "x", "x =", " / '", "in JavaScript that cannot be followed, in a <script>"},

		{"", "<p ", "", "", ""},
		{"", "<p a='", "<p a=\"", "", ""},
		{"<", "script", "b", ">", ""},
		{"<p a=", "'", "", "", ""},
		{"<p a", "='", "", "", ""},
		{"<script>", "'", "", "", ""},
		{"<script>", "`", "`${", "", ""},
		{"<p ", "on", "", "click='", "at a place that depends on the values before it"},
		{"<p ", "href", "title", "='", "at a place that depends on the values before it"},
	} {
		before := Advance(Context{}, tt.before)
		c, ok := Join(Advance(before, tt.a), Advance(before, tt.b))
		got := ""
		if ok {
			got = Describe(Advance(c, tt.after))
		}
		if got != tt.want {
			t.Errorf("%s{%s|%s}%s\ngot  %q\nwant %q", tt.before, tt.a, tt.b, tt.after, got, tt.want)
		}
		if other, otherOK := Join(Advance(before, tt.b), Advance(before, tt.a)); other != c || otherOK != ok {
			t.Errorf("%s{%s|%s}: the other way round gives another place", tt.before, tt.a, tt.b)
		}
	}
}

func Example() {
	c := Advance(Context{}, `<p>Hi</p><button onclick="greet('`)
	fmt.Println(Describe(c))
	e, c := c.Output()
	fmt.Println(string(e.Append(nil, "'); alert('x")))
	fmt.Println(Describe(Advance(c, `')">`)))
	// Output:
	// in a single-quoted JavaScript string, in a double-quoted event handler
	// \u0027); alert(\u0027x
	// in text
}

func TestAllocations(t *testing.T) {
	dst := make([]byte, 0, 1024)
	for _, tt := range []struct{ place, value string }{
		{`<a href="`, "https://example.org/a?b=c&d"},
		{`<a href=`, "/a b"},
		{`<p a="`, "O'Neil"},
		{"<script>'", "O'Neil </script>"},
		{`<p style="color:`, "rgb(1, 2, 3)"},
		{"<p ", "checked"},
		{"<h", "1"},
	} {
		e, _ := Advance(Context{}, tt.place).Output()
		if n := testing.AllocsPerRun(100, func() { e.Append(dst, tt.value) }); n != 0 {
			t.Errorf("behind %s: %v allocations", tt.place, n)
		}
	}
}
