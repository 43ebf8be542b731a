package document

import (
	"encoding/xml"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	sheetFiles    = regexp.MustCompile(`^xl/(worksheets|chartsheets|macrosheets)/[^/]+\.xml$`)
	sheetRemarks  = regexp.MustCompile(`^xl/(comments|threadedComments/threadedComment)[^/]*\.xml$`)
	binaryStrings = "xl/workbook.bin"
)

// readSheets reads each sheet as rows of cells with tabs between them.
func (o *office) readSheets() error {
	if o.files[binaryStrings] != nil {
		return o.memberError(binaryStrings, fmt.Errorf("a binary workbook (XLSB) is not read"))
	}
	shared, err := o.sharedStrings()
	if err != nil {
		return err
	}
	titles := o.sheetTitles()
	for _, name := range o.sheetOrder(titles) {
		title := titles[name]
		if title == "" {
			title = strings.TrimSuffix(path.Base(name), ".xml")
		}
		text, err := o.sheet(name, shared)
		if err != nil {
			return err
		}
		if err := o.emit(Part{Section: "sheet " + cleanName(title), MediaType: typeXLSX}, text); err != nil {
			return err
		}
	}
	for _, name := range o.matching(sheetRemarks) {
		if err := o.section(name, strings.TrimSuffix(path.Base(name), ".xml"), 0); err != nil {
			return err
		}
	}
	return nil
}

// sheetTitles returns what the sheets' files are called on their tabs.
func (o *office) sheetTitles() map[string]string {
	targets := o.relations("xl/workbook.xml")
	titles := map[string]string{}
	_ = o.tags("xl/workbook.xml", func(t xml.Token) error { // a sheet without a title is read all the same
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "sheet" {
			for _, a := range e.Attr {
				if a.Name.Space == "r" && a.Name.Local == "id" && targets[a.Value] != "" {
					titles[targets[a.Value]] = attribute(e, "name")
				}
			}
		}
		return nil
	})
	return titles
}

func (o *office) sheetOrder(titles map[string]string) []string {
	order := o.matching(sheetFiles)
	for name := range titles {
		if o.files[name] != nil && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	slices.SortFunc(order, naturalOrder)
	return order
}

// sharedStrings returns the texts that cells refer to by number.
func (o *office) sharedStrings() ([]string, error) {
	var list []string
	var item strings.Builder
	text, phonetic := false, false
	err := o.tags("xl/sharedStrings.xml", func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			text = t.Name.Local == "t"
			phonetic = phonetic || t.Name.Local == "rPh"
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				list = append(list, item.String())
				item.Reset()
			case "rPh":
				phonetic = false
			}
			text = false
		case xml.CharData:
			if text && !phonetic {
				item.Write(t)
			}
		}
		return nil
	})
	return list, err
}

// sheet reads a sheet. Many cells may share one text: it stops when there is
// more of it than may be read anyway.
func (o *office) sheet(name string, shared []string) (string, error) {
	s := sheetText{shared: shared, most: int(o.limits.Text-o.text) + 1}
	err := o.tags(name, func(t xml.Token) error {
		s.token(t)
		return nil
	})
	return s.b.String(), err
}

type sheetText struct {
	shared []string
	most   int

	b             strings.Builder
	in            string // the element whose text is wanted
	kind          string // of the cell
	value, inline strings.Builder
	formula       strings.Builder
	cells         int // of the row
}

func (s *sheetText) token(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "row":
			s.cells = 0
		case "c":
			s.kind = attribute(t, "t")
			s.value.Reset()
			s.inline.Reset()
			s.formula.Reset()
		case "hyperlink":
			if at := attribute(t, "location"); strings.Contains(at, "://") {
				s.add(at + "\n")
			}
		}
		s.in = t.Name.Local
	case xml.EndElement:
		s.in = ""
		switch t.Name.Local {
		case "c":
			s.cell()
		case "row":
			if s.cells > 0 {
				s.add("\n")
			}
		}
	case xml.CharData:
		switch s.in {
		case "v":
			s.value.Write(t)
		case "t":
			s.inline.Write(t)
		case "f":
			s.formula.Write(t)
		}
	}
}

// cell writes the cell that ended: its value, and its formula if there is a
// text in it, such as the address that it calls.
func (s *sheetText) cell() {
	value := s.value.String()
	switch s.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(s.shared) {
			return
		}
		value = s.shared[n]
	case "inlineStr":
		value = s.inline.String()
	}
	if f := s.formula.String(); strings.Contains(f, `"`) || strings.Contains(f, "//") {
		value = strings.TrimSpace(value + " =" + f)
	}
	if strings.TrimSpace(value) == "" {
		return
	}
	if s.cells > 0 {
		s.add("\t")
	}
	s.cells++
	s.add(value)
}

func (s *sheetText) add(text string) {
	if s.b.Len() <= s.most {
		s.b.WriteString(text)
	}
}
