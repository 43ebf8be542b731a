package main

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/retort-go/retort/assay/document"
)

// peek returns the start of r and a reader of all of it.
func peek(r io.Reader) ([]byte, io.Reader, error) {
	b := bufio.NewReaderSize(r, document.SniffLen)
	head, err := b.Peek(document.SniffLen)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return head, b, err
}

// show is a file's name as it can be printed: a name may hold what moves the
// cursor or ends the line.
func show(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}
