package web

import (
	"bytes"
	"iter"
	"net/http"
	"strings"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// index is the form, empty or with the example in it.
func index(c *retort.Ctx) error {
	text := ""
	if c.Query("sample") != "" {
		sample, err := files.ReadFile("sample.txt")
		if err != nil {
			return err
		}
		text = string(sample)
	}
	return form(c, http.StatusOK, &submission{text: text, mode: offline, upload: &upload{}}, "")
}

// edit is the form with what was sent: the way back from a page of results.
func edit(c *retort.Ctx) error {
	s, err := input(c)
	if err != nil {
		return err
	}
	return form(c, http.StatusOK, s, "")
}

func form(c *retort.Ctx, status int, s *submission, problem string) error {
	private(c)
	return c.Status(status).Render("index.html", retort.Map{
		"text": s.text, "mode": s.mode, "files": s.files, "error": problem, "problems": s.problems,
		"lens": s.lens, "kinds": kindViews(), "all_kinds": len(ioc.Kinds()), "limit": MaxText, "limit_text": bytesText(MaxText),
		"upload_limit": MaxUpload, "upload_text": bytesText(MaxUpload), "file_limit": MaxFiles,
	})
}

// analyze is the page of results.
func analyze(c *retort.Ctx) error {
	s, err := input(c)
	if err != nil {
		return err
	}
	switch {
	case len(s.files) > 0 || strings.TrimSpace(s.text) != "":
	case len(s.problems) > 0:
		return form(c, http.StatusUnprocessableEntity, s, "None of the files could be read.")
	default:
		return form(c, http.StatusUnprocessableEntity, s, "There is no text to examine yet.")
	}
	private(c)
	return c.Render("results.html", newResults(s))
}

// download is what analyze found, in one of the formats of package report.
func download(c *retort.Ctx) error {
	s, err := input(c)
	if err != nil {
		return err
	}
	format, ok := report.Lookup(c.Form("format"))
	if !ok {
		return retort.Errorf(http.StatusBadRequest, "There is no download of that format.")
	}
	var out bytes.Buffer
	w := format.New(&out, report.Options{Files: len(s.files) > 0})
	met := map[ioc.Indicator]bool{}
	for item := range s.matches() {
		if met[item.Indicator] {
			continue
		}
		met[item.Indicator] = true
		if err := w.Write(item); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	private(c)
	if err := c.Bytes(format.MediaType, out.Bytes()); err != nil {
		return err
	}
	c.Attachment("indicators" + format.Extension)
	return nil
}

const (
	offline = "offline"
	online  = "online"
)

// A submission is what was sent to be examined: a text, and files.
type submission struct {
	text, mode string
	lens       lens
	*upload
}

// input reads and checks a submission.
func input(c *retort.Ctx) (*submission, error) {
	s := &submission{}
	var err error
	if s.text, s.mode, err = checkText(c.Form("text"), c.Form("mode")); err != nil {
		return nil, err
	}
	if s.lens, err = newLens(c.Form("kinds"), c.Form("nested") != "", c.Form("known") != ""); err != nil {
		return nil, err
	}
	s.upload, err = submitted(c, len(s.text))
	return s, err
}

// checkText checks what a form or the endpoint was given. Browsers send line ends
// as CRLF, whatever was pasted; offsets should count the text's own.
func checkText(text, mode string) (string, string, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if len(text) > MaxText {
		return "", "", tooLarge()
	}
	switch mode {
	case "":
		mode = offline
	case offline, online:
	default:
		return "", "", retort.Errorf(http.StatusBadRequest, "The mode is either offline or online.")
	}
	return text, mode, nil
}

// matches are all matches of a submission, of the text and then of the files.
func (s *submission) matches() iter.Seq[report.Item] {
	o := s.lens.options
	return func(yield func(report.Item) bool) {
		for _, m := range o.Extract(s.text) {
			if !yield(report.Item{Match: m}) {
				return
			}
		}
		for _, f := range s.files {
			for _, p := range f.Parts {
				for _, m := range p.matches(o) {
					if !yield(report.Item{File: f.Name, Part: p.Name, Page: p.Page, Match: p.inFile(m)}) {
						return
					}
				}
			}
		}
	}
}

// private keeps an answer that holds somebody's text out of every cache, the
// browser's own on disk too.
func private(c *retort.Ctx) { c.SetHeader("Cache-Control", "no-store") }
