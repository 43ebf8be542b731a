package document

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readGZIP reads the file that was compressed.
func (w *walker) readGZIP(f file) error {
	r, err := gzip.NewReader(bytes.NewReader(f.data))
	if err != nil {
		return err
	}
	name := cmp.Or(r.Name, gunzippedName(f.name))
	data, damage := w.inflate(r, int64(len(f.data)))
	if len(data) == 0 && damage != nil {
		return damage
	}
	if err := w.open(file{name: baseName(name), data: data}); err != nil {
		return err
	}
	return damage
}

// gunzippedName is what gunzip would call the file.
func gunzippedName(name string) string {
	for _, ext := range []string{".gz", ".gzip"} {
		if base, ok := strings.CutSuffix(name, ext); ok && base != "" {
			return base
		}
	}
	return "content"
}

// readZIP reads the files of an archive, or the document that is stored as one.
func (w *walker) readZIP(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // no path is ever followed
		return err
	}
	if kind := officeKind(archive); kind != "" {
		return w.readOffice(archive, int64(len(data)), kind)
	}
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		data, err := w.member(f, int64(len(data)))
		if data == nil && err != nil {
			if _, ok := errors.AsType[stop](err); ok {
				return err
			}
			if err := w.count(1); err != nil {
				return err
			}
			if err := w.memberError(f.Name, err); err != nil {
				return err
			}
			continue
		}
		if err := w.open(file{name: f.Name, data: data}); err != nil {
			return err
		}
		if err != nil {
			if err := w.memberError(f.Name, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// member reads a file of an archive of that size, which bounds what the file can
// have been compressed to whatever it says itself.
func (w *walker) member(f *zip.File, archive int64) ([]byte, error) {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return nil, errors.New("it is encrypted")
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("its compression (method %d) is not known", f.Method)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := w.inflate(r, int64(min(f.CompressedSize64, uint64(archive))))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it is cut off")
	}
	return data, err
}

// memberError reports what is wrong with a file of the archive.
func (w *walker) memberError(name string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Err: err}
	}
	e.Path = append(append(e.Path, w.path...), cleanName(name))
	return w.report(e)
}
