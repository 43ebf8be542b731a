package document

import (
	"bytes"
	"errors"
	"regexp"
)

// A pdfFile finds the objects of a PDF. It believes the file's own table of
// them as far as that leads to objects, and else looks for them itself, as
// viewers do: much malware comes in files whose table is damaged or gone.
//
// It is written here because a reader of hostile files has to bound each step
// by itself. References lead in circles, tables follow on themselves, lengths
// lie, and the libraries for it follow them until the stack or the memory ends.
type pdfFile struct {
	*walker
	data    []byte // from the header on, which is what places count from
	trailer pdfDict
	crypt   *pdfCrypt // nil if the file is not encrypted

	places  map[int]pdfPlace
	scanned bool // the places are those that were found, not those of the table
	cache   map[int]any
	loading map[int]bool
	packs   map[int]*pdfPack
	packed  int                    // bytes in packs
	damage  error                  // the first of a stream that holds objects
	sought  struct{ from, to int } // the last search for the end of a stream
}

// A pdfPlace is where an object stands.
type pdfPlace struct {
	at   int // in the file, or its number within pack
	pack int // the stream that holds it; 0 if none does
}

// A pdfPack is a stream of objects.
type pdfPack struct {
	data    []byte
	numbers []int
	starts  []int // of the objects in data
}

const (
	maxObjects      = 1 << 20
	maxTables       = 1000 // of objects, one for each time that a file was saved
	maxCache        = 1 << 14
	maxPacked       = 32 << 20
	maxReferences   = 16 // from one to the next
	maxLoadingDepth = 32
)

var (
	errNoCatalog = errors.New("it has no catalog of its pages")
	errNoPages   = errors.New("it has no pages")
)

// openPDF opens a PDF.
func openPDF(w *walker, data []byte) (*pdfFile, error) {
	f := &pdfFile{
		walker: w, data: data[bytes.Index(data, []byte("%PDF-")):],
		cache: map[int]any{}, loading: map[int]bool{}, packs: map[int]*pdfPack{},
	}
	f.readTables()
	err := f.unlock()
	if err == nil && f.pages().isDict() {
		return f, nil
	}
	if !f.scanned {
		f.scan()
		err = f.unlock()
	}
	switch {
	case err != nil:
		return nil, err
	case f.damage != nil:
		return nil, f.damage
	case !f.root().isDict():
		return nil, errNoCatalog
	case !f.pages().isDict():
		return nil, errNoPages
	}
	return f, nil
}

func (f *pdfFile) root() pdfValue  { return f.value(f.trailer["Root"]) }
func (f *pdfFile) pages() pdfValue { return f.root().key("Pages") }

// value follows references.
func (f *pdfFile) value(data any) pdfValue {
	v := pdfValue{file: f, data: data}
	for range maxReferences {
		ref, ok := v.data.(pdfRef)
		if !ok {
			return v
		}
		v.ref, v.data = ref, f.load(ref.number)
	}
	return pdfValue{file: f}
}

// load reads the object of that number.
func (f *pdfFile) load(number int) any {
	if v, ok := f.cache[number]; ok {
		return v
	}
	if f.loading[number] || len(f.loading) > maxLoadingDepth {
		return nil
	}
	f.loading[number] = true
	defer delete(f.loading, number)
	v, found := f.at(number)
	if _, listed := f.places[number]; !found && listed && !f.scanned {
		f.scan() // the table is wrong
		v, _ = f.at(number)
	}
	if len(f.cache) >= maxCache {
		clear(f.cache)
	}
	f.cache[number] = v
	return v
}

// at reads the object of that number where it is said to stand.
func (f *pdfFile) at(number int) (v any, found bool) {
	place, ok := f.places[number]
	if !ok {
		return nil, false
	}
	if place.pack > 0 {
		pack := f.pack(place.pack)
		if place.at >= len(pack.numbers) || pack.numbers[place.at] != number {
			return nil, false
		}
		l := lexer{b: pack.data[min(pack.starts[place.at], len(pack.data)):]}
		return l.object(0), true
	}
	v, ref, ok := f.objectAt(place.at)
	if !ok || ref.number != number {
		return nil, false
	}
	return v, true
}

// objectAt reads "12 0 obj" and what follows.
func (f *pdfFile) objectAt(at int) (v any, ref pdfRef, ok bool) {
	if at < 0 || at >= len(f.data) {
		return nil, pdfRef{}, false
	}
	l := lexer{b: f.data[at:]}
	l.blank()
	number, ok1 := l.natural()
	generation, ok2 := l.natural()
	if !ok1 || !ok2 || !l.at("obj") {
		return nil, pdfRef{}, false
	}
	l.b = l.b[len("obj"):]
	ref = pdfRef{number, generation}
	v = f.crypt.strings(l.object(0), ref)
	dict, isDict := v.(pdfDict)
	if l.blank(); !isDict || !l.at("stream") {
		return v, ref, true
	}
	l.b = l.b[len("stream"):]
	if l.at("\r\n") {
		l.b = l.b[2:]
	} else if l.at("\n") || l.at("\r") {
		l.b = l.b[1:]
	}
	return &pdfStream{dict, len(f.data) - len(l.b), ref}, ref, true
}

// raw returns the bytes of a stream as they stand in the file. Where its length
// is wrong, they end before the word that ends it.
func (f *pdfFile) raw(s *pdfStream) []byte {
	rest := f.data[s.at:]
	if n := f.value(s.dict["Length"]); n.isNumber() && 0 <= n.integer() && n.integer() <= len(rest) {
		l := lexer{b: rest[n.integer():]}
		if l.blank(); l.at(endOfStream) {
			return rest[:n.integer()]
		}
	}
	rest = rest[:f.seekEnd(s.at)-s.at]
	return bytes.TrimSuffix(bytes.TrimSuffix(rest, []byte("\n")), []byte("\r"))
}

const endOfStream = "endstream"

// seekEnd returns where the word that ends a stream stands. Thousands of streams
// may have one end, or none.
func (f *pdfFile) seekEnd(at int) int {
	if f.sought.from <= at && at <= f.sought.to {
		return f.sought.to
	}
	end := bytes.Index(f.data[at:], []byte(endOfStream))
	if end < 0 {
		end = len(f.data) - at
	}
	f.sought.from, f.sought.to = at, at+end
	return f.sought.to
}

// pack reads a stream of objects.
func (f *pdfFile) pack(number int) *pdfPack {
	if p := f.packs[number]; p != nil {
		return p
	}
	p := &pdfPack{}
	v := f.value(pdfRef{number: number})
	if !v.isStream() || v.key("Type").name() != "ObjStm" {
		return p
	}
	data, err := f.stream(v)
	if err != nil && f.damage == nil {
		f.damage = err
	}
	first := min(max(0, v.key("First").integer()), len(data))
	p.data = data
	l := lexer{b: data[:first]}
	for range min(v.key("N").integer(), maxObjects) {
		l.blank()
		number, ok1 := l.natural()
		start, ok2 := l.natural()
		if !ok1 || !ok2 {
			break
		}
		p.numbers, p.starts = append(p.numbers, number), append(p.starts, first+start)
	}
	if f.packed += len(data); f.packed > maxPacked {
		clear(f.packs)
		f.packed = len(data)
	}
	f.packs[number] = p
	return p
}

// forget drops what was read, which a key or a new table reads differently.
func (f *pdfFile) forget() {
	clear(f.cache)
	clear(f.packs)
	f.packed = 0
}

// readTables reads the table of objects that the end of the file leads to, and
// those before it, of which newer ones win.
func (f *pdfFile) readTables() {
	f.places = map[int]pdfPlace{}
	const word = "startxref"
	end := bytes.LastIndex(f.data, []byte(word))
	if end < 0 {
		return
	}
	l := lexer{b: f.data[end+len(word):]}
	l.blank()
	at, ok := l.natural()
	seen := map[int]bool{}
	for next := []int{at}; ok && len(next) > 0 && len(seen) < maxTables; {
		at, next = next[0], next[1:]
		if seen[at] || at < 0 || at >= len(f.data) {
			continue
		}
		seen[at] = true
		trailer := f.readTable(at)
		if f.trailer == nil {
			f.trailer = trailer
		}
		for _, key := range []string{"XRefStm", "Prev"} {
			if n, ok := trailer[key].(float64); ok && n >= 0 && n < float64(len(f.data)) {
				next = append(next, int(n))
			}
		}
	}
}

// readTable reads one table, of either form, and returns its trailer.
func (f *pdfFile) readTable(at int) pdfDict {
	l := lexer{b: f.data[at:]}
	if l.blank(); !l.at("xref") {
		v, _, _ := f.objectAt(at)
		s, ok := v.(*pdfStream)
		if !ok {
			return nil
		}
		f.readPackedTable(pdfValue{file: f, data: s})
		return s.dict
	}
	l.b = l.b[len("xref"):]
	for {
		l.blank()
		first, ok1 := l.natural()
		count, ok2 := l.natural()
		if !ok1 || !ok2 {
			break
		}
		for i := range count {
			at, ok1 := l.natural()
			_, ok2 := l.natural()
			if !ok1 || !ok2 || len(l.b) == 0 {
				break
			}
			if kind := l.word(); string(kind) == "n" && at > 0 {
				f.place(first+i, pdfPlace{at: at})
			}
			l.blank()
		}
	}
	if !l.at("trailer") {
		return nil
	}
	l.b = l.b[len("trailer"):]
	trailer, _ := l.object(0).(pdfDict)
	return trailer
}

// place remembers where an object is, unless a newer table said so.
func (f *pdfFile) place(number int, p pdfPlace) {
	if _, known := f.places[number]; !known && number > 0 && len(f.places) < maxObjects {
		f.places[number] = p
	}
}

// readPackedTable reads a table that is a stream.
func (f *pdfFile) readPackedTable(v pdfValue) {
	data, _ := f.stream(v) // what came before the damage is of use
	var width [3]int
	entry := 0
	for i := range width {
		width[i] = v.key("W").index(i).integer()
		if width[i] < 0 || width[i] > 8 {
			return
		}
		entry += width[i]
	}
	if entry == 0 {
		return
	}
	index := v.key("Index")
	if index.len() == 0 {
		index.data = pdfArray{0.0, v.key("Size").data}
	}
	for i := 0; i+1 < index.len(); i += 2 {
		first := index.index(i).integer()
		for k := range index.index(i + 1).integer() {
			if len(data) < entry {
				return
			}
			kind := 1 // if it has no width
			if width[0] > 0 {
				kind = codeOf(data[:width[0]])
			}
			second := codeOf(data[width[0] : width[0]+width[1]])
			third := codeOf(data[width[0]+width[1] : entry])
			data = data[entry:]
			switch {
			case kind == 1:
				f.place(first+k, pdfPlace{at: second})
			case kind == 2 && second > 0 && third >= 0:
				f.place(first+k, pdfPlace{at: third, pack: second})
			}
		}
	}
}

var (
	catalogType = regexp.MustCompile(`/Type\s{0,4}/Catalog\b`)
	packType    = regexp.MustCompile(`/Type\s{0,4}/ObjStm\b`)
	tableType   = regexp.MustCompile(`/Type\s{0,4}/XRef\b`)
)

// scan looks for the objects: of all places where one begins, the last for each
// number.
func (f *pdfFile) scan() {
	const headLen = 400 // of an object, in which its type stands
	f.scanned = true
	f.places = map[int]pdfPlace{}
	f.crypt = nil
	f.forget()
	var trailer, catalog pdfDict
	type packAt struct{ number, at int }
	var packs []packAt
	for at := 0; ; {
		i := bytes.Index(f.data[at:], []byte("obj"))
		if i < 0 {
			break
		}
		end := at + i
		at = end + len("obj")
		number, start, ok := numberBefore(f.data[:end])
		if !ok || len(f.places) >= maxObjects {
			continue
		}
		f.places[number] = pdfPlace{at: start}
		head := f.data[at:min(len(f.data), at+headLen)]
		if end := bytes.Index(head, []byte("endobj")); end >= 0 {
			head = head[:end]
		}
		switch {
		case catalogType.Match(head):
			catalog = pdfDict{"Root": pdfRef{number: number}}
		case packType.Match(head):
			packs = append(packs, packAt{number, start})
		case tableType.Match(head):
			v, _, _ := f.objectAt(start)
			if s, ok := v.(*pdfStream); ok && s.dict["Root"] != nil {
				trailer = s.dict
			}
		}
	}
	for rest := f.data; ; {
		i := bytes.Index(rest, []byte("trailer"))
		if i < 0 {
			break
		}
		l := lexer{b: rest[i+len("trailer"):]}
		if d, ok := l.object(0).(pdfDict); ok && d["Root"] != nil {
			trailer = d
		}
		rest = l.b
	}
	if trailer == nil {
		trailer = catalog
	}
	f.trailer = trailer
	if f.unlock() != nil {
		return // what is in streams cannot be read
	}
	if catalog != nil && !f.root().isDict() {
		f.trailer["Root"] = catalog["Root"]
	}
	for _, p := range packs {
		for i, number := range f.pack(p.number).numbers {
			if old, known := f.places[number]; number > 0 && len(f.places) < maxObjects && (!known || old.pack > 0 || old.at < p.at) {
				f.places[number] = pdfPlace{at: i, pack: p.number}
			}
		}
	}
	clear(f.cache)
}

// numberBefore reads "12 0 " at the end of b, backwards.
func numberBefore(b []byte) (number, start int, ok bool) {
	generation, b, ok1 := lastNumber(b)
	if !ok1 || generation > 65535 {
		return 0, 0, false
	}
	number, b, ok = lastNumber(b)
	return number, len(b), ok && number > 0
}

// lastNumber cuts a number of up to ten digits and the blanks behind it from the
// end of b.
func lastNumber(b []byte) (number int, rest []byte, ok bool) {
	end := len(b)
	for end > 0 && len(b)-end < 4 && isBlank(b[end-1]) {
		end--
	}
	start := end
	for start > 0 && end-start < 10 && '0' <= b[start-1] && b[start-1] <= '9' {
		start--
	}
	for _, c := range b[start:end] {
		number = 10*number + int(c-'0')
	}
	return number, b[:start], start < end && end < len(b)
}
