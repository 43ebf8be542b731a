package ioc

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// A detailKey is what a Detail follows from. The host is in punycode or, if that
// is known, as people read it.
type detailKey struct {
	flags flags
	host  string
}

// A details makes the details of hosts, many at a time, and remembers the last:
// matches of one host share theirs.
type details struct {
	known [256]knownDetail
	made  []Detail // the last of them are free, as is the rest of these
	text  []byte
	words []string
	most  int // how many were made at once

	twin    []byte // of the host that is read
	letters []rune // of its label
}

type knownDetail struct {
	key detailKey
	*Detail
}

// of turns flags into words, and looks at the letters of IDN hosts. Shown is
// such a host as people read it, or "".
func (d *details) of(f flags, i Indicator, shown string) *Detail {
	key := detailKey{f &^ (flagRejected | flagShown), shown}
	if f&flagIDN != 0 && shown == "" {
		key.host = hostOf(i)
	}
	known := &d.known[hashOf(unsafe.Slice(unsafe.StringData(key.host), len(key.host)))>>24]
	if known.Detail == nil || known.key != key {
		key.host = d.keep(append(d.room(len(key.host)), key.host...)) // the text may be overwritten
		*known = knownDetail{key, d.newDetail(key)}
	}
	return known.Detail
}

// room is where a text of up to n bytes is written that keep makes a string.
func (d *details) room(n int) []byte {
	if cap(d.text)-len(d.text) < n {
		d.text = make([]byte, 0, max(n, 64*d.most))
	}
	return d.text[len(d.text):]
}

func (d *details) keep(text []byte) string {
	d.text = d.text[:len(d.text)+len(text)]
	return unsafe.String(unsafe.SliceData(text), len(text)) // written to no more
}

// newDetail says what follows from key. It takes memory for up to 64 at a time,
// as texts may be nothing but such hosts.
func (d *details) newDetail(key detailKey) *Detail {
	if len(d.made) == cap(d.made) {
		d.most = min(max(4, 2*d.most), 64)
		d.made = make([]Detail, 0, d.most)
	}
	d.made = append(d.made, Detail{})
	detail := &d.made[len(d.made)-1]
	var buf [8]string
	facts := buf[:0]
	for _, w := range [...]struct {
		flag flags
		text string
	}{
		{flagUserinfo, "user before the host"},
		{flagOctal, "octal IPv4 host"},
		{flagInteger, "IPv4 host as a number"},
	} {
		if key.flags&w.flag != 0 {
			facts = append(facts, w.text)
		}
	}
	if key.host != "" {
		detail.Unicode, facts = d.readIDN(key.host, facts)
	}
	if n := len(facts); n > 0 {
		if cap(d.words)-len(d.words) < n {
			d.words = make([]string, 0, max(n, d.most))
		}
		d.words = append(d.words, facts...)
		detail.Flags = d.words[len(d.words)-n : len(d.words) : len(d.words)]
	}
	return detail
}

// readIDN returns a host as people read it, and adds what deceives them to
// facts.
func (d *details) readIDN(host string, facts []string) (shown string, all []string) {
	if strings.Contains(host, "xn--") {
		host = d.keep(d.appendUnicode(d.room(utf8.UTFMax*len(host)), host))
	}
	alike := true
	d.twin = d.twin[:0]
	for label, rest, more := "", host, true; more; {
		label, rest, more = strings.Cut(rest, ".")
		var found scripts
		for p := 0; p < len(label); {
			c := label[p]
			if c >= utf8.RuneSelf {
				r, n := decodeRune(unsafe.Slice(unsafe.StringData(label), len(label))[p:])
				l := letterOf(r)
				found |= l.script
				alike = alike && l.twin != 0
				c = l.twin
				p += n
			} else {
				found |= latin * scripts(class[c]&cAlpha/cAlpha)
				p++
			}
			if alike {
				d.twin = append(d.twin, c)
			}
		}
		if found&(found-1) != 0 && !slices.Contains(usualMixes, found) {
			facts = append(facts, d.keep(found.appendTo(append(d.room(maxMix), mixedScripts...))))
		}
		if more {
			d.twin = append(d.twin, '.')
		}
	}
	if alike && host != string(d.twin) {
		facts = append(facts, d.keep(append(append(d.room(len(looksLike)+len(d.twin)), looksLike...), d.twin...)))
	}
	return host, facts
}

// appendUnicode appends a host with its punycode read.
func (d *details) appendUnicode(dst []byte, host string) []byte {
	for rest, more := host, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		encoded, ok := strings.CutPrefix(label, "xn--")
		if ok {
			d.letters, ok = fromPunycode(d.letters[:0], encoded)
		}
		if ok {
			dst = appendRunes(dst, d.letters)
		} else {
			dst = append(dst, label...)
		}
		if more {
			dst = append(dst, '.')
		}
	}
	return dst
}

const (
	mixedScripts = "mixed scripts: "
	looksLike    = "looks like "
	maxMix       = 128 // is enough for all scripts
)

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

// appendTo appends the names of scripts.
func (s scripts) appendTo(dst []byte) []byte {
	for between := ""; s != 0; s &= s - 1 {
		dst = append(append(dst, between...), scriptTables[bits.TrailingZeros16(uint16(s))].name...)
		between = ", "
	}
	return dst
}

// usualMixes are combinations that languages use.
var usualMixes = []scripts{han | hiragana, han | katakana, han | hiragana | katakana, hiragana | katakana, han | hangul, bopomofo | han}

// scriptOf searches for the script of a letter beyond ASCII; 0 for one of
// another script.
func scriptOf(r rune) scripts {
	if !unicode.IsLetter(r) {
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
