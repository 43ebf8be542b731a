package value_test

import (
	"html"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	. "github.com/retort-go/retort/jinja/internal/value"
)

// FuzzFormat: no format string panics, hangs or builds what is too large.
func FuzzFormat(f *testing.F) {
	for _, s := range []string{"{}", "{0!r:>{1}}", "{a[b].c}", "%s %(a)d", "%*.*f", "{:09,.3f}", "{:é^9}", "{{}}", "%c%x%#o", "{", "%", "{0[", "{!", "{:{:{}}}", "%(a"} {
		f.Add(s, "arg", int64(5))
	}
	d := NewDict(0)
	f.Fuzz(func(t *testing.T, s, arg string, n int64) {
		m := NewMeter(nil, Limits{Steps: 1 << 16, Value: 1 << 16, Memory: 1 << 22})
		d.SetStr("a", Str(arg))
		args := []Value{Str(arg), Int(n), Float(float64(n) / 3), FromDict(d), None()}
		for _, v := range []Value{Str(s), Markup(s)} {
			_, _ = CallMethod(&Call{Meter: m, Args: args, Kwargs: []Kwarg{{Name: "a", Value: Int(n)}}}, v, NewAttr("format"))
			_, _ = Mod(m, v, Tuple(args))
			_, _ = Mod(m, v, FromDict(d))
		}
		for _, v := range args {
			_, _ = Format(m, v, s)
		}
	})
}

// FuzzEscape: the escaper writes what five replacements write, and nothing of
// it can be markup; escaping in place writes the same.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "a", "<script>", `&<>"'`, "12345678<", "aaaaaaa&bbbbbbbb'", "\xff<\x00>", strings.Repeat("x", 100) + "\""} {
		f.Add(s)
	}
	replace := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")
	f.Fuzz(func(t *testing.T, s string) {
		want := replace.Replace(s)
		if got := string(EscapeString(nil, s)); got != want {
			t.Errorf("EscapeString(%q) = %q, want %q", s, got, want)
		}
		if got := string(EscapeTail([]byte("<"+s), 1)); got != "<"+want {
			t.Errorf("EscapeTail(%q) = %q, want %q", s, got, want)
		}
		if strings.ContainsAny(want, `<>"'`) || html.UnescapeString(want) != s {
			t.Errorf("%q escapes to %q", s, want)
		}
	})
}

// FuzzStripTags: what MarkupSafe's loop of searches leaves, in linear time.
func FuzzStripTags(f *testing.F) {
	for _, s := range []string{"a<b>c", "<!-- x -->y", "<!-<!--x-->-y-->z", "<!-->a", "<<a>>", "a < b", "&lt;&#60;&amp;lt;", "<!--<!---->"} {
		f.Add(s)
	}
	slow := func(s string) string {
		for _, pair := range [][2]string{{"<!--", "-->"}, {"<", ">"}} {
			for {
				start := strings.Index(s, pair[0])
				if start < 0 {
					break
				}
				end := strings.Index(s[start:], pair[1])
				if end < 0 {
					break
				}
				s = s[:start] + s[start+end+len(pair[1]):]
			}
		}
		return s
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "&") || len(s) > 1<<12 || !utf8.ValidString(s) {
			return // references are replaced after, which is not looked at here
		}
		v, err := StripTags(meter(), s)
		if err != nil {
			return
		}
		want := strings.Join(strings.FieldsFunc(slow(s), IsSpace), " ")
		if got := v.AsString(); got != want {
			t.Errorf("StripTags(%q) = %q, want %q", s, got, want)
		}
	})
}

// FuzzText: the methods of str keep what is not UTF-8 and never panic; slices
// put together are the whole.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "abc", "häßlich", "\xff\xfe", "a\u2028b\r\nc", "ΑΣ", "\x85"} {
		f.Add(s, " ", 2)
	}
	names := []string{"upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "split", "rsplit", "splitlines", "isalpha", "istitle",
		"isidentifier", "expandtabs", "encode", "isprintable"}
	f.Fuzz(func(t *testing.T, s, sep string, n int) {
		m := NewMeter(nil, Limits{Steps: 1 << 18, Value: 1 << 18})
		for _, name := range names {
			_, _ = CallMethod(&Call{Meter: m}, Str(s), NewAttr(name))
		}
		for _, name := range []string{"split", "rsplit", "partition", "rpartition", "find", "count", "replace", "strip", "startswith", "join"} {
			args := []Value{Str(sep)}
			if name == "replace" {
				args = append(args, Str("x"))
			}
			_, _ = CallMethod(&Call{Meter: m, Args: args}, Str(s), NewAttr(name))
		}
		for _, name := range []string{"center", "zfill", "ljust", "expandtabs"} {
			_, _ = CallMethod(&Call{Meter: m, Args: []Value{Int(int64(n))}}, Str(s), NewAttr(name))
		}
		head, ok1, err1 := Slice(m, Str(s), &SliceOf{None(), Int(int64(n)), None()})
		tail, ok2, err2 := Slice(m, Str(s), &SliceOf{Int(int64(n)), None(), None()})
		if ok1 && ok2 && err1 == nil && err2 == nil && head.AsString()+tail.AsString() != s {
			t.Errorf("%q cut at %d is %q and %q", s, n, head.AsString(), tail.AsString())
		}
		_ = Repr(Str(s))
		if _, err := AppendJSON(m, nil, Str(s), JSONStyle{}); err != nil {
			t.Error(err)
		}
		_, _ = ParseInt(s, 0)
		_, _ = ToFloat(Str(s))
	})
}

// FuzzExpressions: whatever is computed, nothing panics.
func FuzzExpressions(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		g := &generator{rand.New(rand.NewPCG(a, b))}
		_ = outcome(g.any(4))
	})
}
