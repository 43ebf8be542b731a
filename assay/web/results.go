package web

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// A page is for reading. These keep a text made of nothing but indicators from
// becoming a page that no browser can draw; the page says what it left out, and
// downloads leave out nothing.
const (
	maxRows    = 2000  // of a kind
	maxMarks   = 10000 // in the source text
	fitsColumn = 24    // characters of a value beside its original spelling
	fewPlaces  = 3     // of an indicator, at once
	maxPlaces  = 100   // of an indicator, unfolded
)

// results is what the page of results shows.
type results struct {
	Text, Mode, Note string
	Lens             lens
	Size             string
	LineCount        int
	Total            int // distinct indicators
	PlaceCount       int // their places
	Groups           []*group
	Families         []family
	Refused          []*row
	Files            []readFile
	Problems         []string        // what of the files was not read
	Skipped          []string        // files in them without text
	Sheets           []sheet         // the texts, at least one
	Unmarked         int             // places beyond maxMarks
	Formats          []report.Format // a button each
	MoreFormats      []report.Format // behind one
}

// group is the indicators of one kind.
type group struct {
	Kind, Title, Label, Family string
	Rows                       []*row
	Count                      int  // of indicators, shown or not
	Defangs                    bool // a defanged spelling differs
	Stacked                    bool // values are long: the original spelling goes below
	Respelled                  bool // some were written differently, in a column of its own
	Filed                      bool // places name their file, and so they go below the value
}

// sheet is one text with its marks.
type sheet struct {
	Title string // empty if there is only a pasted text
	Lines [][]span
}

// row is an indicator, or a look-alike that was refused.
type row struct {
	ID                           int // 0 if it is not on the page
	Value, Raw, Defanged, Reason string
	Notes                        []string // what else there is to say about the value
	Count                        int
	Places, More                 []place
	Beyond                       int // places that are not listed

	kind    ioc.Kind
	refused bool
	last    string // the sheet of its last place
}

// place is where an indicator stands: its line, and its mark in the source text,
// 0 if it has none.
type place struct {
	Line, Mark int
	Sheet      string // its title, where the place before was on another one
}

func newResults(s *submission) *results {
	r := &results{Text: s.text, Mode: s.mode, Lens: s.lens, Files: s.files, Problems: s.problems, Skipped: s.skipped}
	r.Formats, r.MoreFormats = formatViews()
	if s.mode == online {
		r.Note = noSource
	}
	x := reading{results: r, known: map[rowKey]*row{}, listed: map[ioc.Kind]int{}}
	size := len(s.text)
	look := s.lens.options
	look.Rejected = true
	if len(s.files) == 0 {
		x.read("", s.text, look.Extract(s.text))
	} else if strings.TrimSpace(s.text) != "" {
		x.read("pasted text", s.text, look.Extract(s.text))
	}
	for i := range s.files {
		f := &s.files[i]
		size += f.size()
		for k := range f.Parts {
			p := &f.Parts[k]
			x.read(f.title(p), p.Text, p.matches(look))
		}
	}
	r.Size = bytesText(size)
	r.group(x.rows)
	return r
}

// reading goes once through the texts: it collects the rows and marks their
// places.
type reading struct {
	*results
	rows   []*row
	known  map[rowKey]*row
	listed map[ioc.Kind]int // how many rows of a kind are on the page; of "", those refused
	marks  int
}

type rowKey struct {
	ioc.Indicator
	refused bool
}

func (x *reading) read(title, text string, matches []ioc.Match) {
	s := newSource(text)
	s.marks = x.marks
	for i, m := range matches {
		if m.Rejected && (s.covers(m) || taken(matches[i+1:], m.End)) {
			continue // the name of a file in a URL is no look-alike, it is the URL's
		}
		k := rowKey{m.Indicator, m.Rejected}
		at := x.known[k]
		if at == nil {
			at = newRow(x.id(m), m)
			x.known[k] = at
			x.rows = append(x.rows, at)
		}
		at.add(s.mark(m, at.ID), title)
		if !m.Rejected {
			x.PlaceCount++
		}
	}
	lines, unmarked := s.finish()
	x.marks = s.marks
	x.Unmarked += unmarked
	x.LineCount += len(lines)
	x.Sheets = append(x.Sheets, sheet{title, lines})
}

// id is the number of the next row. It is 0 beyond maxRows: nothing leads to a
// row that is not on the page.
func (x *reading) id(m ioc.Match) int {
	kind := m.Kind
	if m.Rejected {
		kind = ""
	}
	if x.listed[kind] == maxRows {
		return 0
	}
	x.listed[kind]++
	return len(x.rows) + 1
}

// taken reports whether a match that was taken begins before end.
func taken(matches []ioc.Match, end int) bool {
	for _, m := range matches {
		if m.Start >= end {
			return false
		}
		if !m.Rejected {
			return true
		}
	}
	return false
}

func newRow(id int, m ioc.Match) *row {
	w := &row{ID: id, Value: m.Value, Raw: visible(m.Raw), Defanged: ioc.Defang(m.Indicator), Reason: m.Reason, Notes: notes(m.Detail), kind: m.Kind, refused: m.Rejected}
	if familyOf(m.Kind) == hashes && m.Raw != m.Value && strings.EqualFold(m.Raw, m.Value) {
		// A second column of the same digits would hide the one thing that differs.
		w.Raw = w.Value
		w.Reason += ", in mixed case"
		if m.Raw == strings.ToUpper(m.Raw) {
			w.Reason = m.Reason + ", in capitals"
		}
	}
	return w
}

// notes are the facts of a detail, in words.
func notes(d *ioc.Detail) []string {
	if d == nil {
		return nil
	}
	var list []string
	if len(d.Chain) > 0 {
		list = append(list, "inside "+strings.Join(d.Chain, ", then "))
	}
	if d.Unicode != "" {
		list = append(list, "reads "+visible(d.Unicode))
	}
	list = append(list, d.Flags...)
	for _, name := range d.Lists {
		list = append(list, "on the list: "+name)
	}
	return list
}

func (w *row) add(p place, title string) {
	w.Count++
	if title != w.last {
		p.Sheet, w.last = title, title
	}
	switch {
	case w.Count <= fewPlaces:
		w.Places = append(w.Places, p)
	case w.Count <= maxPlaces:
		w.More = append(w.More, p)
	default:
		w.Beyond++
	}
}

// group sorts rows into groups, in the order of the kinds.
func (r *results) group(rows []*row) {
	byKind := map[ioc.Kind]*group{}
	for _, w := range rows {
		if w.refused {
			if w.ID != 0 {
				r.Refused = append(r.Refused, w)
			}
			continue
		}
		g := byKind[w.kind]
		if g == nil {
			g = &group{Kind: string(w.kind), Title: w.kind.Title(), Label: labelOf(w.kind), Family: familyOf(w.kind).Name, Filed: len(r.Files) > 0}
			byKind[w.kind] = g
		}
		r.Total++
		g.Count++
		if w.ID != 0 {
			g.Rows = append(g.Rows, w)
			g.Defangs = g.Defangs || w.Defanged != w.Value
			g.Respelled = g.Respelled || w.Raw != w.Value
			g.Stacked = g.Stacked || max(utf8.RuneCountInString(w.Value), utf8.RuneCountInString(w.Raw)) > fitsColumn
		}
	}
	for _, k := range ioc.Kinds() {
		if g := byKind[k]; g != nil {
			g.Respelled = g.Respelled && !g.Stacked
			r.Groups = append(r.Groups, g)
			if f := familyOf(k); !slices.Contains(r.Families, f) {
				r.Families = append(r.Families, f)
			}
		}
	}
}

// formatViews are the downloads: the ones most wanted, and all others.
func formatViews() (wanted, more []report.Format) {
	for _, name := range []string{"json", "csv", "text", "markdown"} {
		if f, ok := report.Lookup(name); ok {
			wanted = append(wanted, f)
		}
	}
	for _, f := range report.Formats() {
		if !slices.ContainsFunc(wanted, func(w report.Format) bool { return w.Name == f.Name }) {
			more = append(more, f)
		}
	}
	return wanted, more
}
