// Package report writes matches down in the formats that other programs and
// people read, and reads its own exports back.
//
// A format is a stream wherever it can be: a match is written when it is found,
// so that a gigabyte of log needs no more memory than a line of it. Those that
// have to name everything before its parts (MISP, Sigma, SPL) keep what they
// write until Close. Output depends on nothing but the items and the options:
// no clock and no random number, so that exports can be compared and merged.
//
// The values come from text that an attacker may have written, and each format
// guards the program it is meant for: CSV against cells that a spreadsheet
// would run as formulas, Markdown against markup and live links, patterns and
// rules against values that end their quotes.
package report

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/retort-go/retort/assay/ioc"
)

// A Writer writes items one by one. Items are complete only after Close, which
// does not close the writer underneath.
type Writer interface {
	Write(Item) error
	Close() error
	// LeftOut says which items the format had no place for, in a few words
	// ("2 md5, 1 refused"); it is empty if there were none.
	LeftOut() string
}

// Options are what a format is told besides the items. The zero value is
// right where nobody was asked.
type Options struct {
	// Files gives tables for people a column for the name of the input.
	// Formats for programs always tell it.
	Files bool
	// TLP says who may be told; empty if nobody decided.
	TLP TLP
	// Time is when the export was made. STIX cannot do without one and gets
	// the Unix epoch for the zero value; the others leave it out.
	Time time.Time
	// Indicators adds an indicator with a pattern for each observable of
	// STIX, except for those that a warning list holds.
	Indicators bool
}

// A Format is one way to write matches down.
type Format struct {
	Name      string // what command lines call it: "csv"
	Label     string // its name for people: "CSV"
	Title     string // what it is, in a few words for people
	MediaType string // with its charset, for Content-Type
	Extension string // of file names, with the dot
	Marks     bool   // it has a place for Options.TLP

	open func(w *bufio.Writer, o Options) encoder
}

// encoder is a format's own part: what goes around an item. The buffer below
// keeps the first error, so none of it looks at errors.
type encoder struct {
	begin, end func()
	item       func(*Item)
	// omits says in a word why an item has no place here, or nothing if it
	// has one; nil if all have.
	omits func(*Item) string
	// distinct leaves out all places of an indicator but the first.
	distinct bool
}

const plainText = "text/plain; charset=utf-8"

var formats = []Format{
	{"jsonl", "JSON Lines", "one JSON object per line", "application/x-ndjson", ".jsonl", false, openJSONL},
	{"json", "JSON", "one JSON array", "application/json", ".json", false, openJSON},
	{"csv", "CSV", "a table for spreadsheets, guarded against formulas", "text/csv; charset=utf-8", ".csv", false, openCSV},
	{"text", "Text", "one refanged value per line", plainText, ".txt", false, openText},
	{"defanged", "Defanged text", "one value per line, unclickable", plainText, ".defanged.txt", false, openDefanged},
	{"markdown", "Markdown", "a table for tickets and notes, defanged", "text/markdown; charset=utf-8", ".md", true, openMarkdown},
	{"stix", "STIX 2.1", "a bundle of observables", "application/stix+json;version=2.1", ".stix.json", true, openSTIX},
	{"misp", "MISP", "an event with attributes", "application/json", ".misp.json", true, openMISP},
	{"md5", "MD5 list", "one hash per line, nothing else", plainText, ".md5.txt", false, openList(ioc.MD5)},
	{"sha1", "SHA-1 list", "one hash per line, nothing else", plainText, ".sha1.txt", false, openList(ioc.SHA1)},
	{"sha256", "SHA-256 list", "one hash per line, nothing else", plainText, ".sha256.txt", false, openList(ioc.SHA256)},
	{"suricata", "Suricata", "rules for hosts and plain URLs", plainText, ".rules", true, openSuricata},
	{"sigma", "Sigma", "rules for hosts, URLs and hashes", "application/yaml", ".yml", true, openSigma},
	{"kql", "KQL", "a query for Defender and Sentinel", plainText, ".kql", true, openKQL},
	{"spl", "SPL", "a condition for Splunk", plainText, ".spl", true, openSPL},
	{"lucene", "Lucene", "queries for Elasticsearch", plainText, ".lucene.txt", false, openLucene},
}

// Formats returns every format, the default one first.
func Formats() []Format { return slices.Clone(formats) }

// Lookup returns the format of that name.
func Lookup(name string) (Format, bool) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// New returns a Writer of this format to w.
func (f Format) New(w io.Writer, o Options) Writer {
	b := bufio.NewWriterSize(w, 64<<10)
	return &stream{buf: b, encoder: f.open(b, o)}
}

// stream writes a format to a buffer.
type stream struct {
	encoder
	buf     *bufio.Writer
	current Item // here, so that none escapes to the heap
	begun   bool
	seen    map[ioc.Indicator]struct{} // for distinct
	omitted map[string]int             // by reason
}

// Write writes one item, and what stands before the first.
func (s *stream) Write(it Item) error {
	s.start()
	s.current = it
	if s.has(&s.current) {
		s.item(&s.current)
	}
	_, err := s.buf.Write(nil) // the buffer's error, if it has one
	return err
}

// has reports whether it has a place here, and counts it if not.
func (s *stream) has(it *Item) bool {
	if s.omits != nil {
		if why := s.omits(it); why != "" {
			if s.omitted == nil {
				s.omitted = map[string]int{}
			}
			s.omitted[why]++
			return false
		}
	}
	if !s.distinct {
		return true
	}
	if _, dup := s.seen[it.Indicator]; dup {
		return false
	}
	if s.seen == nil {
		s.seen = map[ioc.Indicator]struct{}{}
	}
	s.seen[it.Indicator] = struct{}{}
	return true
}

// Close writes what stands after the last item, and all that is buffered.
func (s *stream) Close() error {
	s.start()
	if s.end != nil {
		s.end()
	}
	return s.buf.Flush()
}

func (s *stream) LeftOut() string {
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(s.omitted)) {
		parts = append(parts, strconv.Itoa(s.omitted[why])+" "+why)
	}
	return strings.Join(parts, ", ")
}

func (s *stream) start() {
	if !s.begun && s.begin != nil {
		s.begin()
	}
	s.begun = true
}

// Why a format has no place for an item; a kind's name is the third reason.
const (
	refused = "refused"
	listed  = "on warning lists"
)

// omitRefused is for formats whose readers would take a refused candidate for
// an indicator.
func omitRefused(it *Item) string {
	if it.Rejected {
		return refused
	}
	return ""
}

// isListed reports whether a warning list or an allow list holds it.
func isListed(it *Item) bool { return it.Detail != nil && len(it.Detail.Lists) > 0 }
