// Package web is Assay in the browser: a form for a text, a page with what is in
// it, the same as downloads and as a JSON endpoint.
//
// The server keeps nothing. A page of results carries the text it was made from
// and the texts of the files that were chosen, and whatever needs them again, a
// download or a correction, sends them back. So there is no place from which a
// pasted mail could leak, nothing to expire, and every answer can be computed by
// any server. A file itself is read once, in a jail (see package document), and
// held in memory only; it does not travel again. The pages are whole without
// JavaScript; the script adds copying, filtering and dropping of files.
package web

import (
	"embed"
	"io/fs"

	"github.com/retort-go/retort"
)

//go:embed templates static sample.txt
var files embed.FS

// MaxText is the largest text the pages and the endpoint take, in bytes of UTF-8:
// what was pasted and what stands in files together. A browser draws what is in
// it in about a second; what is beyond it is for `assay extract`.
const MaxText = 1 << 20

// MaxUpload is how large the files of one request may be together, and MaxFiles
// how many.
const (
	MaxUpload = 16 << 20
	MaxFiles  = 20
)

// maxBody bounds a request: a form may need three bytes for each one of the text,
// and JSON six, but text of nothing else is no text. Files come on top, in JSON
// as base64.
const (
	maxTexts = 3*MaxText + 64<<10
	maxBody  = maxTexts + MaxUpload
	maxJSON  = maxTexts + MaxUpload/3*4
)

// New returns the application. Templates and static files of cfg are its own;
// everything else is as [retort.New] takes it. A program that runs it has to call
// document.ServeJail first in its main, or files cannot be read.
func New(cfg retort.Config) *retort.App {
	cfg.Templates, cfg.Static = folder("templates"), folder("static")
	cfg.MaxFormMemorySize = maxBody // nothing of a form ever goes to disk
	app := retort.New(cfg)
	app.Get("/", index)
	app.Post("/analyze", analyze).MaxContentLength(maxBody)
	app.Post("/edit", edit).MaxContentLength(maxTexts)
	app.Post("/download", download).MaxContentLength(maxTexts)
	app.Post("/api/v1/analyze", apiAnalyze).MaxContentLength(maxJSON)
	errorPages(app)
	return app
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	return sub
}
