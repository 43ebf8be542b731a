package ioc

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A detailKey is what a Detail follows from.
type detailKey struct {
	flags flags
	host  string
}

// A details remembers the details of hosts: matches of one host share theirs, as
// reading letters is slow.
type details struct {
	known [256]knownDetail
}

type knownDetail struct {
	key detailKey
	*Detail
}

// of turns flags into words, and looks at the letters of IDN hosts.
func (d *details) of(f flags, i Indicator) *Detail {
	key := detailKey{flags: f &^ flagRejected}
	if f&flagIDN != 0 {
		key.host = hostOf(i)
	}
	known := &d.known[hashOf([]byte(key.host))>>24]
	if known.Detail == nil || known.key != key {
		key.host = strings.Clone(key.host) // the text may be overwritten
		*known = knownDetail{key, newDetail(key)}
	}
	return known.Detail
}

func newDetail(key detailKey) *Detail {
	d := &Detail{}
	for _, w := range [...]struct {
		flag flags
		text string
	}{
		{flagUserinfo, "user before the host"},
		{flagOctal, "octal IPv4 host"},
		{flagInteger, "IPv4 host as a number"},
	} {
		if key.flags&w.flag != 0 {
			d.Flags = append(d.Flags, w.text)
		}
	}
	if key.host != "" {
		d.readIDN(key.host)
	}
	return d
}

// hostOf is the host of a domain, URL or e-mail address.
func hostOf(i Indicator) string {
	host := i.Value
	switch i.Kind {
	case URL:
		_, host, _ = strings.Cut(host, "://")
		if n := strings.IndexAny(host, "/?#"); n >= 0 {
			host = host[:n]
		}
		host = host[strings.LastIndexByte(host, '@')+1:]
		if n := strings.LastIndexByte(host, ':'); n >= 0 && !strings.HasSuffix(host, "]") {
			host = host[:n]
		}
	case Email:
		host = host[strings.LastIndexByte(host, '@')+1:]
	}
	return host
}

// readIDN shows a host as people read it, and says what deceives them.
func (d *Detail) readIDN(host string) {
	var buf [maxHost]rune
	letters := buf[:0]
	for label := range strings.SplitSeq(host, ".") {
		if len(letters) > 0 {
			letters = append(letters, '.')
		}
		first := len(letters)
		if encoded, ok := strings.CutPrefix(label, "xn--"); ok {
			letters, ok = fromPunycode(letters, encoded)
			if !ok {
				letters = append(letters[:first], []rune(label)...)
			}
		} else {
			for _, r := range label {
				letters = append(letters, r)
			}
		}
		if s := scriptsOf(letters[first:]); s&(s-1) != 0 && !slices.Contains(usualMixes, s) {
			d.Flags = append(d.Flags, "mixed scripts: "+s.String())
		}
	}
	d.Unicode = string(letters)
	if twin := skeleton(letters); twin != "" {
		d.Flags = append(d.Flags, "looks like "+twin)
	}
}

// scripts is a set of them.
type scripts uint16

const (
	arabic scripts = 1 << iota
	armenian
	bopomofo
	cyrillic
	greek
	han
	hangul
	hebrew
	hiragana
	katakana
	latin
	thai
)

// scriptTables are in the order of the bits, which is that of the names.
var scriptTables = [...]struct {
	name  string
	table *unicode.RangeTable
}{
	{"Arabic", unicode.Arabic}, {"Armenian", unicode.Armenian}, {"Bopomofo", unicode.Bopomofo}, {"Cyrillic", unicode.Cyrillic},
	{"Greek", unicode.Greek}, {"Han", unicode.Han}, {"Hangul", unicode.Hangul}, {"Hebrew", unicode.Hebrew},
	{"Hiragana", unicode.Hiragana}, {"Katakana", unicode.Katakana}, {"Latin", unicode.Latin}, {"Thai", unicode.Thai},
}

func (s scripts) String() string {
	var names []string
	for i, t := range scriptTables {
		if s>>i&1 != 0 {
			names = append(names, t.name)
		}
	}
	return strings.Join(names, ", ")
}

// usualMixes are combinations that languages use.
var usualMixes = []scripts{han | hiragana, han | katakana, han | hiragana | katakana, hiragana | katakana, han | hangul, bopomofo | han}

// scriptsOf tells the scripts of the letters of a label.
func scriptsOf(label []rune) (s scripts) {
	for _, r := range label {
		s |= scriptOf(r)
	}
	return s
}

// scriptOf answers for the common letters without a search.
func scriptOf(r rune) scripts {
	switch {
	case r < utf8.RuneSelf:
		if is(byte(r), cAlpha) {
			return latin
		}
		return 0
	case r >= 0xc0 && r < 0x250 && r != 0xd7 && r != 0xf7:
		return latin
	case r >= 0x400 && r < 0x482:
		return cyrillic
	case r >= 0x4e00 && r <= 0x9fa5:
		return han
	case r >= 0xac00 && r <= 0xd7a3:
		return hangul
	case !unicode.IsLetter(r):
		return 0
	}
	for i, t := range scriptTables {
		if unicode.Is(t.table, r) {
			return 1 << i
		}
	}
	return 0
}

// twins are letters that look like a Latin one in common fonts, each before it.
var twins = func() map[rune]byte {
	const pairs = "аaӏlеeоoрpсcуyхxіiјjѕsԁdԛqԝwһhкkмmтtвbнhгrпnѵvոnօoսu" +
		"αaοoνvρpτtυuιiκkεeωwχxγy" + "ıiɑaɡgɩiʟlⅼlḷlạaẹeịiọoụu" +
		"àaáaâaäaåaāaçcćcèeéeêeëeėeìiíiîiïiñnńnòoóoôoöoøoùuúuûuüuýyÿyžzšsßbþpłl"
	m := map[rune]byte{}
	letters := []rune(pairs)
	for i := 0; i < len(letters); i += 2 {
		m[letters[i]] = byte(letters[i+1])
	}
	return m
}()

// skeleton is the ASCII name that a host may be mistaken for, or "".
func skeleton(host []rune) string {
	var buf [maxHost]byte
	plain, changed := buf[:0], false
	for _, r := range host {
		c := byte(r)
		if r >= utf8.RuneSelf {
			if c = twins[r]; c == 0 {
				return ""
			}
			changed = true
		}
		plain = append(plain, c)
	}
	if !changed {
		return ""
	}
	return string(plain)
}
