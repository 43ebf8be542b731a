package report

import (
	"bufio"
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns of a table. They are the same whatever was read, so that a program
// may count on them; new ones go to the end.
const columns = "kind,value,raw,start,end,reason,file,part,page,rejected,detail"

// openCSV writes RFC 4180 with lines that end in LF. Every text is quoted:
// a program that takes another separator than the comma would otherwise see
// the rest of a cell as a new one, past the guard at its start.
func openCSV(w *bufio.Writer, _ Options) encoder {
	text := func(s string) {
		w.WriteByte('"')
		w.WriteString(strings.ReplaceAll(Guard(s), `"`, `""`))
		w.WriteByte('"')
	}
	rare := func(s string) { // mostly empty
		w.WriteByte(',')
		if s != "" {
			text(s)
		}
	}
	number := func(n int) {
		w.WriteByte(',')
		w.Write(strconv.AppendInt(w.AvailableBuffer(), int64(n), 10))
	}
	return encoder{
		begin: func() { w.WriteString(columns + "\n") },
		item: func(it *Item) {
			text(string(it.Kind))
			w.WriteByte(',')
			text(it.Value)
			w.WriteByte(',')
			text(it.Raw)
			number(it.Start)
			number(it.End)
			w.WriteByte(',')
			text(it.Reason)
			rare(it.File)
			rare(it.Part)
			if it.Page > 0 {
				number(it.Page)
			} else {
				w.WriteByte(',')
			}
			w.WriteByte(',')
			if it.Rejected {
				w.WriteString("true")
			}
			w.WriteByte(',')
			if it.Detail != nil {
				text(string(appendDetail(nil, it.Detail)))
			}
			w.WriteByte('\n')
		},
	}
}

// Guard returns s so that no spreadsheet takes it for a formula (CSV injection:
// =HYPERLINK(…) in an e-mail's address sends the table's other cells away): a
// text that starts like one gets an apostrophe in front, and so does one that
// looks guarded already, or reading could not tell the two apart. The
// full-width forms count, since Excel takes them for the others in some
// languages, and so do the line ends and tabs that it drops before it looks.
func Guard(s string) string {
	if guardable(s) {
		return "'" + s
	}
	return s
}

// unguard undoes Guard.
func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && guardable(rest) {
		return rest
	}
	return s
}

// guardable reports whether s is a formula behind any number of apostrophes.
func guardable(s string) bool {
	s = strings.TrimLeft(s, "'")
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}
