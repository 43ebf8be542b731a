package flask

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"sync"
)

// A compressor takes hundreds of kilobytes to set up, so they are kept.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// compress returns data in zlib's format. It is a few bytes longer than what
// Python's zlib makes: the two find different matches, and Go ends with an empty
// block.
func compress(data []byte) []byte {
	var out bytes.Buffer
	w := compressors.Get().(*zlib.Writer)
	w.Reset(&out)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	compressors.Put(w)
	return out.Bytes()
}

// decompress is the reverse, up to maxPayload bytes.
func decompress(packed []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	if len(data) > maxPayload {
		return nil, fmt.Errorf("%w: it unpacks to more than %d bytes", ErrPayload, maxPayload)
	}
	return data, nil
}
