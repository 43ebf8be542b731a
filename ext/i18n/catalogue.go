package i18n

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/leonelquinteros/gotext"
)

// maxCatalogue bounds one file.
const maxCatalogue = 16 << 20

// message is how a catalogue finds a translation.
type message struct{ context, id string }

// catalogue is one file of translations. It does not change.
type catalogue struct {
	forms map[message][]string
	rule  pluralRule
}

// singular returns the translation of a message, of one with several forms that for one thing, or nothing.
func (c *catalogue) singular(msgctxt, id string) string {
	forms := c.forms[message{msgctxt, id}]
	if len(forms) == 1 {
		return forms[0]
	}
	return c.form(forms, 1)
}

// plural returns the form of a message for n things, or nothing.
func (c *catalogue) plural(msgctxt, id string, n int) string {
	return c.form(c.forms[message{msgctxt, id}], n)
}

func (c *catalogue) form(forms []string, n int) string {
	if len(forms) == 0 {
		return ""
	}
	if i := c.rule(int64(n)); i >= 0 && i < int64(len(forms)) {
		return forms[i]
	}
	return ""
}

// readCatalogue reads the file of a language, compiled or not; nil if there is none.
func readCatalogue(fsys fs.FS, folder, domain string) (*catalogue, error) {
	base := path.Join(folder, "LC_MESSAGES", domain)
	for _, kind := range []struct {
		suffix string
		parse  func([]byte) (*gotext.Domain, error)
	}{{".mo", parseMo}, {".po", parsePo}} {
		data, err := readFile(fsys, base+kind.suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d, err := kind.parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", base+kind.suffix, err)
		}
		return newCatalogue(d, base+kind.suffix)
	}
	return nil, nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCatalogue+1))
	if err == nil && len(data) > maxCatalogue {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxCatalogue)
	}
	return data, err
}

// newCatalogue copies what the library has read, which it would look up under a lock.
func newCatalogue(d *gotext.Domain, name string) (*catalogue, error) {
	c := &catalogue{forms: map[message][]string{}, rule: english}
	for id, t := range d.GetTranslations() {
		c.add("", id, t)
	}
	for msgctxt, list := range d.GetCtxTranslations() {
		for id, t := range list {
			c.add(msgctxt, id, t)
		}
	}
	delete(c.forms, message{}) // the header
	if _, charset, found := strings.Cut(strings.ToLower(d.Headers.Get("Content-Type")), "charset="); found {
		switch charset = strings.TrimSpace(charset); charset {
		case "utf-8", "utf8", "ascii", "us-ascii", "charset": // the last is what xgettext leaves in new files
		default:
			return nil, fmt.Errorf("%s is in %s; turn it into UTF-8 with msgconv -t UTF-8", name, charset)
		}
	}
	if d.PluralForms == "" {
		return c, nil
	}
	rule, err := parsePluralForms(d.PluralForms)
	if err != nil {
		return nil, fmt.Errorf("%s: Plural-Forms: %w", name, err)
	}
	c.rule = rule
	return c, nil
}

// maxForms is more than any language has; Arabic has six.
const maxForms = 32

// add notes the forms of a message, if it is translated at all.
func (c *catalogue) add(msgctxt, id string, t *gotext.Translation) {
	n, translated := 0, false
	for i, s := range t.Trs {
		if i >= 0 && i < maxForms {
			n = max(n, i+1)
			translated = translated || s != ""
		}
	}
	if !translated {
		return
	}
	forms := make([]string, n)
	for i := range forms {
		forms[i] = t.Trs[i]
	}
	c.forms[message{msgctxt, id}] = forms
}

// parseMo reads a compiled catalogue. The library trusts the numbers in its header, so they are looked at before.
func parseMo(data []byte) (*gotext.Domain, error) {
	if len(data) < 28 {
		return nil, errors.New("no compiled catalogue")
	}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(data) != gotext.MoMagicLittleEndian {
		order = binary.BigEndian
	}
	if order.Uint32(data) != gotext.MoMagicLittleEndian {
		return nil, errors.New("no compiled catalogue")
	}
	count, size, sum := uint64(order.Uint32(data[8:])), uint64(len(data)), uint64(0)
	for _, table := range []uint64{uint64(order.Uint32(data[12:])), uint64(order.Uint32(data[16:]))} {
		if table+8*count > size {
			return nil, errors.New("a table is cut off")
		}
		for i := range count {
			at := table + 8*i
			length := uint64(order.Uint32(data[at:]))
			if length+uint64(order.Uint32(data[at+4:])) >= size { // a zero stands behind it
				return nil, errors.New("a text is cut off")
			}
			sum += length
		}
	}
	if sum > size { // each is copied
		return nil, errors.New("its texts overlap")
	}
	mo := gotext.NewMo()
	mo.Parse(data)
	return mo.GetDomain(), nil
}

// parsePo reads a catalogue as translators write it, but for what is marked as fuzzy: nobody has looked at that yet.
func parsePo(data []byte) (*gotext.Domain, error) {
	po := gotext.NewPo()
	po.Parse([]byte(withoutFuzzy(string(data))))
	return po.GetDomain(), nil
}

// withoutFuzzy drops the entries that are marked as fuzzy. The header stays, which tools mark in new files.
func withoutFuzzy(text string) string {
	var kept, entry strings.Builder
	fuzzy, header, complete, id := false, false, false, ""
	flush := func() {
		if !fuzzy || header {
			kept.WriteString(entry.String())
		}
		entry.Reset()
		fuzzy, header, complete, id = false, false, false, ""
	}
	for line := range strings.Lines(text) {
		word := strings.TrimSpace(line)
		starts := strings.HasPrefix(word, "#") || strings.HasPrefix(word, "msgctxt") || strings.HasPrefix(word, "msgid ")
		if complete && starts {
			flush()
		}
		switch {
		case strings.HasPrefix(word, "#,") && strings.Contains(word, "fuzzy"):
			fuzzy = true
		case strings.HasPrefix(word, "msgid "):
			id = strings.TrimSpace(word[len("msgid "):])
		case strings.HasPrefix(word, "msgstr"):
			header = header || !complete && id == `""`
			complete = true
		case strings.HasPrefix(word, `"`) && !complete:
			id += word
		}
		entry.WriteString(line)
	}
	flush()
	return kept.String()
}
