package web

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// question is what POST /api/v1/analyze takes.
type question struct {
	Text string `json:"text"`
	Mode string `json:"mode"` // offline, which is the default, or online
	// How closely to look: kinds, or "all"; into encodings; marking known hosts.
	Kinds  []string `json:"kinds"`
	Nested bool     `json:"nested"`
	Known  bool     `json:"known"`
	// Files to read besides, of the kinds that `assay extract` reads.
	Files []struct {
		Name string `json:"name"`
		Data []byte `json:"data"` // base64
	} `json:"files"`
}

// answer is what it returns.
type answer struct {
	Mode       string      `json:"mode"`
	Note       string      `json:"note,omitempty"`     // what the mode could not do
	Total      int         `json:"total"`              // of distinct indicators
	Indicators []indicator `json:"indicators"`         // in order of their first places
	Problems   []string    `json:"problems,omitempty"` // what of the files was not read
}

// indicator is a distinct indicator at its first place.
type indicator struct {
	report.Item
	Count int `json:"count"` // of its places
}

// noSource is the answer to mode=online as long as there is nobody to ask.
const noSource = "No source is configured yet, so none was asked and no call was made."

// apiAnalyze is analyze for programs. It keeps nothing and reads no session;
// the framework lets JSON in without a token only where no browser can have
// added credentials to it.
func apiAnalyze(c *retort.Ctx) error {
	var q question
	if err := c.DecodeJSON(&q); err != nil {
		return err
	}
	if len(q.Text) > MaxText {
		return retort.Errorf(http.StatusRequestEntityTooLarge, "The text is larger than %s.", bytesText(MaxText))
	}
	if strings.TrimSpace(q.Text) == "" && len(q.Files) == 0 {
		return retort.Errorf(http.StatusBadRequest, "The field text is empty.")
	}
	s := submission{text: q.Text}
	var err error
	if s.lens, err = newLens(strings.Join(q.Kinds, ","), q.Nested, q.Known); err != nil {
		return err
	}
	if s.upload, err = q.upload(c); err != nil {
		return err
	}
	a := answer{Mode: q.Mode, Indicators: count(s.matches()), Problems: s.problems}
	switch q.Mode {
	case "", offline:
		a.Mode = offline
	case online:
		a.Note = noSource
	default:
		return retort.Errorf(http.StatusBadRequest, "The field mode is either offline or online.")
	}
	a.Total = len(a.Indicators)
	private(c)
	return c.JSON(a)
}

// upload reads the files of a question.
func (q *question) upload(c *retort.Ctx) (*upload, error) {
	ctx, cancel := context.WithTimeout(c.Context(), uploadTime)
	defer cancel()
	u := &upload{ctx: ctx, left: MaxText - len(q.Text)}
	for _, f := range q.Files {
		if err := u.read(f.Name, bytes.NewReader(f.Data)); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// count returns each distinct indicator once, with the number of its places.
func count(items iter.Seq[report.Item]) []indicator {
	at := map[ioc.Indicator]int{}
	list := []indicator{} // [] in JSON, never null
	for it := range items {
		i, seen := at[it.Indicator]
		if !seen {
			i = len(list)
			at[it.Indicator] = i
			list = append(list, indicator{Item: it})
		}
		list[i].Count++
	}
	return list
}
