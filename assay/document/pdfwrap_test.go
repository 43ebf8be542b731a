package document

import (
	"strings"
	"testing"
)

// Lines of a page with its usual grid: text of ten points, one line every
// twelve, glyphs six points wide. A line that begins with blanks starts as far to the
// right; an empty one is a gap.
func grid(page string) []pageLine {
	var lines []pageLine
	for i, text := range strings.Split(page, "\n") {
		trimmed := strings.TrimLeft(text, " ")
		if trimmed == "" {
			continue
		}
		starts := []float64{6 * float64(len(text)-len(trimmed))}
		if cell := strings.LastIndex(text, "  "); cell > int(starts[0]/6) {
			starts = append(starts, 6*float64(cell+2))
		}
		lines = append(lines, pageLine{
			text: strings.Join(strings.Fields(trimmed), " "), starts: starts,
			end: 6 * float64(len(text)), y: -12 * float64(i), size: 10, placed: true,
		})
	}
	return lines
}

// What was wrapped in the middle of a word is put together, and nothing else.
func TestWraps(t *testing.T) {
	for _, tt := range []struct{ name, page, want string }{
		{"prose", "All work and\nno play.", "All work and\nno play."},
		{"a hash in two", "SHA1 (d8a928b2043db77e340b523547bf16cb4aa483f0645fe0\na290ed1f20aab97257)", "SHA1 (d8a928b2043db77e340b523547bf16cb4aa483f0645fe0a290ed1f20aab97257)"},
		{"a hash in four", strings.Repeat("0123456789abcde\n", 4) + "0123", strings.Repeat("0123456789abcde", 4) + "0123"},
		{"one that begins as long as another", "600be5ab7f0513833336bec705ca9bcfd1150a29\n31e61a4752b8de4c0af7b03a", "600be5ab7f0513833336bec705ca9bcfd1150a2931e61a4752b8de4c0af7b03a"},
		{"a hash with hyphens", "0123456789abc-\n456789abcde-\n01234567.", "0123456789abc456789abcde01234567."},
		{"a hash with a short piece", "by 01234-\n56789abcdef01234-\n56789abcdef", "by 0123456789abcdef0123456789abcdef"},
		{"a hash with a hyphen and a word with one", "0123456789abcdef-\n0123456789abcdef ex-\necutes", "0123456789abcdef0123456789abcdef ex-\necutes"},
		{"a hash with hyphens that is longer yet", "0123456789abc-\n456789abcde01234567-\nx", "0123456789abc-\n456789abcde01234567-\nx"},
		{"a hash in an address", "0123456789abcdef0123456789abcdef-\n1234567@a.example", "0123456789abcdef0123456789abcdef-1234567@a.example"},
		{"an id", "0123abcd-\n0123-4567-89ab-0123456789ab", "0123abcd-\n0123-4567-89ab-0123456789ab"},
		{"a list of hashes", "d41d8cd98f00b204e9800998ecf8427e\n0cc175b9c0f1b6a831c399e269772661", "d41d8cd98f00b204e9800998ecf8427e\n0cc175b9c0f1b6a831c399e269772661"},
		{"a hash and a word", "d41d8cd98f00b204e9800998ecf8427e\ndeadbeef", "d41d8cd98f00b204e9800998ecf8427e\ndeadbeef"},
		{"a list of checksums", "9ae0ea9e\n3d5c9b21\n0c7f1a44\n77b1e2d0", "9ae0ea9e\n3d5c9b21\n0c7f1a44\n77b1e2d0"},
		{"a list of long numbers", "1234567890123456\n9876543210987654", "1234567890123456\n9876543210987654"},
		{"a hash that goes on nowhere", "d41d8cd98f00b204e9800998\nabcdef", "d41d8cd98f00b204e9800998\nabcdef"},
		{"a cell", "12  d41d8cd98f00b204\n    e9800998ecf8427e\n13  x", "12 d41d8cd98f00b204e9800998ecf8427e\n13 x"},
		{"another paragraph", "d41d8cd98f00b204\n\n\ne9800998ecf8427e", "d41d8cd98f00b204\ne9800998ecf8427e"},
		{"another column", "d41d8cd98f00b204\n    e9800998ecf8427e", "d41d8cd98f00b204\ne9800998ecf8427e"},
		{"a hyphen in an address", "see https://blog.example/telekopye-\nhits-new.html now", "see https://blog.example/telekopye-hits-new.html now"},
		{"a hyphen in a name", "it asked awh93dh-\nbe.example twice", "it asked awh93dh-be.example twice"},
		{"a hyphen in a word", "a multi-\nstage loader", "a multi-\nstage loader"},
		{"a dash", "from a.example -\nb.example", "from a.example -\nb.example"},
		{"an address in a column", "They loaded http://a.example/dow\nnload/stage2.php from there and\nran it, as the others had done.", "They loaded http://a.example/download/stage2.php from there and\nran it, as the others had done."},
		{"an address in three lines", "a http://a.example/0123456789/\nabc/defghijklmnopqrs/tuvwxyz12\n3456.php and it was done again\nand again and once more today.", "a http://a.example/0123456789/abc/defghijklmnopqrs/tuvwxyz123456.php and it was done again\nand again and once more today."},
		{"an address at the end of a line", "They went to http://a.example/x\nand came back for another time.", "They went to http://a.example/x\nand came back for another time."},
		{"a sentence's end", "They went to http://a.example/.\nstage2.php came from elsewhere.", "They went to http://a.example/.\nstage2.php came from elsewhere."},
		{"a list of addresses", "http://a.example/one\nhttp://b.example/two", "http://a.example/one\nhttp://b.example/two"},
		{"addresses and names", "http://a.example/one\nevil-site.example.org\nhttp://c.example/ab\nhttp://c.example/abc", "http://a.example/one\nevil-site.example.org\nhttp://c.example/ab\nhttp://c.example/abc"},
		{"addresses and numbers", "http://a.example/one\n203.0.113.7\nhttp://c.example/abc", "http://a.example/one\n203.0.113.7\nhttp://c.example/abc"},
	} {
		lines := grid(tt.page)
		var b strings.Builder
		for i, goesOn := range wraps(lines) {
			b.WriteString(lines[i].text)
			if !goesOn {
				b.WriteByte('\n')
			}
		}
		if got := strings.TrimSuffix(b.String(), "\n"); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// What goes on on the next page stands on the page where it begins.
func TestJoinPages(t *testing.T) {
	const head, foot = "ACME report of March\n", "\npage 1 of 2"
	hash := "0123456789abcdef0123456789abcdef"
	for _, tt := range []struct{ name, page, next, wantPage, wantNext string }{
		{"prose", "All work and", "no play.", "All work and", "no play."},
		{"a hash", "x " + hash[:20], hash[20:] + " y", "x " + hash, "y"},
		{"a hash between heads and feet", head + hash[:20] + foot, head + hash[20:] + foot, head + hash + foot, head + foot},
		{"a hash in three pieces", hash[:12] + "\n" + hash[12:24], hash[24:], hash, ""},
		{"a hash with a hyphen", "x " + hash[:20] + "-", hash[20:] + " y", "x " + hash, "y"},
		{"a hash in three pieces, two of them there", hash[:12], hash[12:24] + "\n" + hash[24:] + " y", hash, "\ny"},
		{"two halves in other columns", hash[:20], "    " + hash[20:], hash[:20], hash[20:]},
		{"two hashes", hash, hash, hash, hash},
		{"two hashes and a piece", hash, hash[:8], hash, hash[:8]},
		{
			"an address", "They loaded it from a server in\nhttp://a.example/download/stage", "two2/x.php and ran it at once.\nThen they went on to others.",
			"They loaded it from a server in\nhttp://a.example/download/stagetwo2/x.php", "and ran it at once.\nThen they went on to others.",
		},
		{"addresses", "http://a.example/one", "http://b.example/two", "http://a.example/one", "http://b.example/two"},
	} {
		pages := [2]pageLayout{{lines: grid(tt.page)}, {lines: grid(tt.next)}}
		joinPages(pages[0].lines, pages[1].lines)
		for i, want := range []string{tt.wantPage, tt.wantNext} {
			if got := strings.TrimSuffix(pages[i].String(), "\n"); got != want {
				t.Errorf("%s: page %d: got\n%s\nwant\n%s", tt.name, i+1, got, want)
			}
		}
		if grid(tt.page) != nil && tt.wantPage != tt.page && !mayGoOn(grid(tt.page)) {
			t.Errorf("%s: the page would not wait for the next", tt.name)
		}
	}
}
