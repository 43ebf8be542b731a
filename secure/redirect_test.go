package secure_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/retort-go/retort/secure"
)

func TestLocalURL(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"/", "/"},
		{"/me", "/me"},
		{"/me?a=1&b=2#top", "/me?a=1&b=2#top"},
		{"/search?q=http://evil.example//x\\y", "/search?q=http://evil.example//x\\y"},
		{"/a%20b", "/a%20b"},
		{"/a%2Fb", "/a%2Fb"},
		{"/a b", "/a%20b"},
		{"/caf%C3%A9", "/caf%C3%A9"},
		{"/café?q=ü", "/caf%C3%A9?q=%C3%BC"},
		{"/..", "/.."},
		{"/./a/../b/", "/./a/../b/"},
		{"/@evil.example", "/@evil.example"},
		{"/:80", "/:80"},
		{"/http:evil.example", "/http:evil.example"},
		{"/javascript:alert(1)", "/javascript:alert(1)"},
		{"/?//evil.example", "/?//evil.example"},
		{"/#//evil.example", "/#//evil.example"},
		{"/a?x=%", "/a?x=%"},
		{"/~", "/~"},
		{"/\u00a0", "/%C2%A0"}, // the first behind the C1 controls
		{"/" + strings.Repeat("a", 4095), "/" + strings.Repeat("a", 4095)},
	} {
		if got, ok := secure.LocalURL(tt.in); !ok || got != tt.want {
			t.Errorf("LocalURL(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
		}
	}
}

func TestLocalURLRefuses(t *testing.T) {
	for _, tt := range []struct{ why, in string }{
		{"empty", ""},
		{"absolute", "https://evil.example/"},
		{"absolute, our host even", "https://example.com/"},
		{"scheme without slashes", "https:evil.example"},
		{"script", "javascript:alert(1)"},
		{"script in odd case", "JaVaScRiPt:alert(1)"},
		{"data", "data:text/html,<script>alert(1)</script>"},
		{"relative", "me"},
		{"relative up", "../me"},
		{"query only", "?a=1"},
		{"scheme relative", "//evil.example"},
		{"three slashes", "///evil.example"},
		{"backslashes", `\\evil.example`},
		{"backslash first", `\/evil.example`},
		{"backslash second", `/\evil.example`},
		{"backslash later", `/a\..\..\evil.example`},
		{"tab between", "/\t/evil.example"},
		{"line feed between", "/\n/evil.example"},
		{"carriage return between", "/\r/evil.example"},
		{"tab and backslash", "/\t\\evil.example"},
		{"tab first", "\t//evil.example"},
		{"space first", " //evil.example"},
		{"space first, one slash", " /me"},
		{"control first", "\x01//evil.example"},
		{"NUL", "/\x00/evil.example"},
		{"DEL", "/\x7f/evil.example"},
		{"header injection", "/me\r\nSet-Cookie: a=b"},
		{"dot segment", "/.//evil.example"},
		{"dot segments", "/..//evil.example"},
		{"dot segments of a longer path", "/a/..//evil.example"},
		{"escaped dot segment", "/%2e//evil.example"},
		{"escaped slash", "/%2fevil.example"},
		{"escaped slashes", "/%2F%2Fevil.example"},
		{"escaped backslash", "/%5cevil.example"},
		{"escaped twice", "/%252fevil.example"},
		{"escaped three times", "/%25252fevil.example"},
		{"escaped without end", "/" + strings.Repeat("%25", 20) + "2fevil.example"},
		{"escaped tab", "/%09/evil.example"},
		{"escaped line break", "/me%0d%0aSet-Cookie:%20a=b"},
		{"escaped NUL", "/me%00"},
		{"escaped dot and slash", "/.%2f%2fevil.example"},
		{"overlong slash", "/%c0%afevil.example"},
		{"lone percent", "/100%"},
		{"half an escape", "/%2"},
		{"C1 control", "/\u0085/evil.example"},
		{"first C1 control", "/\u0080"},
		{"last C1 control", "/\u009f"},
		{"escaped DEL", "/%7f"},
		{"DEL in the query", "/?\x7f"},
		{"invalid UTF-8", "/\xff"},
		{"invalid UTF-8 in the query", "/?\xff"},
		{"control in the query", "/?a=\r\nb"},
		{"control in the fragment", "/#\n"},
		{"too long", "/" + strings.Repeat("a", 4096)},
	} {
		if got, ok := secure.LocalURL(tt.in); ok || got != "" {
			t.Errorf("%s: LocalURL(%.100q) = %q, %v", tt.why, tt.in, got, ok)
		}
	}
}

func TestLocalURLAllocs(t *testing.T) {
	if got := testing.AllocsPerRun(100, func() { secure.LocalURL("/me?a=1") }); got != 0 {
		t.Errorf("LocalURL: %v allocations, want 0", got)
	}
}

// Whatever is let through must stay on the site, both for a reader that takes
// it as it is and for one that treats it as browsers do.
func FuzzLocalURL(f *testing.F) {
	for _, s := range []string{"/me?a=1#b", "//evil", `/\evil`, "/\t/evil", "/%2f/evil", "/é b", "/..//x", "/%25", "/a%5Cb"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://example.com/login")
	f.Fuzz(func(t *testing.T, next string) {
		target, ok := secure.LocalURL(next)
		if !ok {
			return
		}
		if again, ok := secure.LocalURL(target); !ok || again != target {
			t.Errorf("LocalURL(%q) = %q, which itself gives %q, %v", next, target, again, ok)
		}
		for _, r := range target {
			if r <= ' ' || r > '~' {
				t.Errorf("LocalURL(%q) = %q holds %q", next, target, r)
			}
		}
		browser := strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimFunc(target, func(r rune) bool { return r <= ' ' }))
		path, _, _ := strings.Cut(browser, "?")
		path, _, _ = strings.Cut(path, "#")
		decoded, err := url.PathUnescape(path)
		if err != nil {
			t.Errorf("LocalURL(%q) = %q: %v", next, target, err)
		}
		for _, p := range []string{path, decoded} {
			if p = strings.ReplaceAll(p, `\`, "/"); !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") {
				t.Errorf("LocalURL(%q) = %q, for a browser %q", next, target, p)
			}
		}
		if u, err := base.Parse(target); err == nil && (u.Host != "example.com" || u.Scheme != "https" || u.User != nil) {
			t.Errorf("LocalURL(%q) = %q, which leads to %s", next, target, u)
		}
	})
}

func ExampleLocalURL() {
	for _, next := range []string{"/orders?page=2", "//evil.example/login", `/\evil.example`, "https://evil.example"} {
		target, ok := secure.LocalURL(next)
		if !ok {
			target = "/" // where the login page leads by default
		}
		fmt.Println(target)
	}
	// Output:
	// /orders?page=2
	// /
	// /
	// /
}
