package document

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxFilters of one stream; more than two make little sense.
const maxFilters = 8

// stream returns what a stream holds: decrypted, and each compression undone.
// With an error comes what stood before the damage.
func (f *pdfFile) stream(v pdfValue) ([]byte, error) {
	s, ok := v.data.(*pdfStream)
	if !ok {
		return nil, errors.New("a stream is missing")
	}
	filters, params := v.key("Filter"), v.key("DecodeParms")
	if !filters.isArray() {
		filters.data, params.data = pdfArray{filters.data}, pdfArray{params.data}
	}
	if filters.len() > maxFilters {
		return nil, &Error{Limit: LimitDepth, Err: fmt.Errorf("a stream is compressed more than %d times", maxFilters)}
	}
	data := f.raw(s)
	if filters.index(0).name() != "Crypt" { // which writers use to leave a stream as it is
		data = f.crypt.stream(data, s)
	}
	for i := range filters.len() {
		var err error
		data, err = f.unfilter(filters.index(i).name(), params.index(i), data)
		if errors.Is(err, io.ErrUnexpectedEOF) && len(data) > 0 {
			err = nil // many writers get the length wrong
		}
		if err != nil {
			return data, err
		}
	}
	return data, nil
}

// unfilter undoes one compression or encoding.
func (f *pdfFile) unfilter(name string, params pdfValue, data []byte) ([]byte, error) {
	var r io.Reader
	switch name {
	case "", "Crypt":
		return data, nil
	case "FlateDecode", "Fl":
		// Header and checksum are nobody's business: viewers show what is there.
		r = flate.NewReader(bytes.NewReader(data[min(2, len(data)):]))
	case "LZWDecode", "LZW":
		r = newLZWReader(data, params.key("EarlyChange"))
	case "RunLengthDecode", "RL":
		r = newRunLengthReader(data)
	case "ASCII85Decode", "A85":
		data, _, _ := bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(data), []byte("<~")), []byte("~"))
		r = ascii85.NewDecoder(bytes.NewReader(data))
	case "ASCIIHexDecode", "AHx":
		l := lexer{b: slices.Concat([]byte("<"), data)}
		return l.hex(), nil
	default:
		return nil, fmt.Errorf("a stream is compressed in a way that is not read: %s", cleanName(name))
	}
	out, err := f.inflate(r, int64(len(data)))
	if err != nil {
		err = fmt.Errorf("a stream is damaged: %w", err)
	}
	return unpredict(out, params), err
}

// unpredict undoes what writers do before they compress: each byte is stored as
// its difference from one beside or above it.
func unpredict(data []byte, params pdfValue) []byte {
	const tiff, png = 2, 10
	entry := func(name string, usual, most int) int {
		if v := params.key(name); v.isNumber() {
			return max(1, min(v.integer(), most))
		}
		return usual
	}
	predictor := entry("Predictor", 1, 15)
	colors, bits := entry("Colors", 1, 32), entry("BitsPerComponent", 8, 32)
	row := max(1, min((entry("Columns", 1, len(data))*colors*bits+7)/8, len(data)))
	pixel := max(1, colors*bits/8)
	switch {
	case predictor == tiff && bits == 8:
		for line := range slices.Chunk(data, row) {
			for i := pixel; i < len(line); i++ {
				line[i] += line[i-pixel]
			}
		}
		return data
	case predictor < png:
		return data
	}
	out := make([]byte, 0, len(data))
	above := make([]byte, row)
	for len(data) > 1 {
		kind, line := data[0], data[1:min(1+row, len(data))]
		data = data[1+len(line):]
		for i := range line {
			left, corner := byte(0), byte(0)
			if i >= pixel {
				left, corner = line[i-pixel], above[i-pixel]
			}
			switch kind {
			case 1:
				line[i] += left
			case 2:
				line[i] += above[i]
			case 3:
				line[i] += byte((int(left) + int(above[i])) / 2)
			case 4:
				line[i] += paeth(left, above[i], corner)
			}
		}
		out = append(out, line...)
		above = line[:len(line):len(line)]
		if len(line) < row {
			break
		}
	}
	return out
}

// paeth is the neighbour that is nearest to left + up - corner.
func paeth(left, up, corner byte) byte {
	abs := func(n int) int { return max(n, -n) }
	a, b := abs(int(up)-int(corner)), abs(int(left)-int(corner))
	c := abs(int(left) + int(up) - 2*int(corner))
	switch {
	case a <= b && a <= c:
		return left
	case b <= c:
		return up
	}
	return corner
}

// chunkReader reads what next returns, until that is nothing.
type chunkReader struct {
	next func() []byte
	rest []byte
}

func (r *chunkReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.rest = r.next(); len(r.rest) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// newRunLengthReader undoes runs of one byte.
func newRunLengthReader(src []byte) io.Reader {
	const end = 128
	return &chunkReader{next: func() []byte {
		if len(src) < 2 || src[0] == end {
			return nil
		}
		n := int(src[0])
		if n > end {
			run := bytes.Repeat(src[1:2], 257-n)
			src = src[2:]
			return run
		}
		literal := src[1:min(2+n, len(src))]
		src = src[1+len(literal):]
		return literal
	}}
}

// newLZWReader undoes LZW as TIFF has it, whose codes grow one code earlier than
// the standard library expects them to.
func newLZWReader(src []byte, earlyChange pdfValue) io.Reader {
	const (
		clearCode, endCode = 256, 257
		maxCodes           = 4096
	)
	early := 1
	if earlyChange.isNumber() && earlyChange.integer() == 0 {
		early = 0
	}
	words := make([][]byte, endCode+1, maxCodes)
	for i := range clearCode {
		words[i] = []byte{byte(i)}
	}
	var last []byte
	width, at := 9, 0 // of the codes, and the bit that is next
	return &chunkReader{next: func() []byte {
		for {
			code := 0
			for range width {
				if at/8 >= len(src) {
					return nil
				}
				code = code<<1 | int(src[at/8]>>(7-at%8)&1)
				at++
			}
			if code == clearCode {
				words, last, width = words[:endCode+1], nil, 9
				continue
			}
			var word []byte
			switch {
			case code < len(words):
				word = words[code] // none for the end
			case code == len(words) && last != nil:
				word = append(slices.Clone(last), last[0])
			}
			if len(word) == 0 {
				return nil
			}
			if last != nil && len(words) < maxCodes {
				words = append(words, append(slices.Clone(last), word[0]))
			}
			if len(words)+early >= 1<<width && width < 12 {
				width++
			}
			last = word
			return word
		}
	}}
}
