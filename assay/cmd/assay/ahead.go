package main

import (
	"context"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/retort-go/retort/assay/document"
	"github.com/retort-go/retort/assay/report"
)

// A document takes long to read: a process of its own parses it. So those that
// come next are read while one is waited for, as many as there are processors.
// What was found is written in the order of the inputs all the same, and so is
// what went wrong.

// An input is a file or standard input.
type input struct {
	name   string
	byName bool  // it has to have text; one that only lies in a folder may be anything
	err    error // why it cannot be read

	file   *os.File
	r      io.Reader // all of it
	size   int64     // -1 if it cannot be known
	kind   document.Kind
	export string // the format that this program wrote it in, if it did

	read    chan struct{} // closed when the document was read; nil if nobody reads ahead
	doc     *document.Document
	problem error // of reading it
}

// standardInput is what "-" stands for.
const standardInput = "standard input"

// inputs yields what the names stand for: files, all files in folders, standard
// input. Links in folders are not followed: they can lead out of it, or in
// circles.
func inputs(names []string, stdin io.Reader) iter.Seq[*input] {
	return func(yield func(*input) bool) {
		for _, name := range names {
			if name == "-" {
				if !yield(&input{name: standardInput, byName: true, r: stdin, size: -1}) {
					return
				}
				continue
			}
			if !isFolder(name) {
				if !yield(&input{name: name, byName: true}) {
					return
				}
				continue
			}
			err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.Type().IsRegular() {
					return nil
				}
				if !yield(&input{name: path, err: err}) {
					return fs.SkipAll
				}
				return nil
			})
			_ = err // each was yielded
		}
	}
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// ahead yields inputs, and reads the documents among those that follow. It has
// ended all of that when it returns.
func ahead(ctx context.Context, inputs iter.Seq[*input]) iter.Seq[*input] {
	return func(yield func(*input) bool) {
		var reading sync.WaitGroup
		defer reading.Wait()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		next, stop := iter.Pull(inputs)
		defer stop()
		var queue []*input
		for {
			for len(queue) < max(2, runtime.GOMAXPROCS(0)) {
				in, ok := next()
				if !ok {
					break
				}
				in.begin(ctx, &reading)
				queue = append(queue, in)
			}
			if len(queue) == 0 {
				return
			}
			in := queue[0]
			queue = queue[1:]
			more := yield(in)
			in.close()
			if !more {
				for _, in := range queue {
					in.close()
				}
				return
			}
		}
	}
}

// begin reads ahead if this is a document in a file. Another may be a pipe that
// nobody has written to yet.
func (in *input) begin(ctx context.Context, reading *sync.WaitGroup) {
	if info, err := os.Stat(in.name); in.r != nil || in.err != nil || err != nil || !info.Mode().IsRegular() {
		return
	}
	if !in.open() || !in.isDocument() {
		return
	}
	in.read = make(chan struct{})
	reading.Go(func() {
		in.readDocument(ctx, in.r)
		close(in.read)
	})
}

// open opens the input, unless it is, and looks at how it begins. It reports
// whether it can be read.
func (in *input) open() bool {
	if in.err != nil || in.file != nil {
		return in.err == nil
	}
	if in.r == nil {
		in.size = -1
		if in.file, in.err = os.Open(in.name); in.err != nil {
			return false
		}
		if info, err := in.file.Stat(); err == nil && info.Mode().IsRegular() {
			in.size = info.Size()
		}
		in.r = in.file
	}
	var head []byte
	if head, in.r, in.err = peek(in.r); in.err != nil {
		return false
	}
	in.kind = document.Sniff(head)
	in.export = report.Sniff(head)
	return true
}

func (in *input) close() {
	if in.file != nil {
		_ = in.file.Close() // it was only read
	}
}

// isDocument reports whether the text is inside.
func (in *input) isDocument() bool { return in.export == "" && (!in.kind.Text || in.kind.Structured) }

// readDocument reads it from r.
func (in *input) readDocument(ctx context.Context, r io.Reader) {
	in.doc, in.problem = document.Read(ctx, r, document.Options{Name: filepath.Base(in.name)})
}
