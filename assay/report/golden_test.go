package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/assay/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each format of the same items, byte for byte. A difference that is wanted is
// written by go test -update; read it before it is committed.
func TestGolden(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "report.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	items := read(t, "jsonl", string(data))
	o := report.Options{Files: true, TLP: report.Amber, Time: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Indicators: true}
	for _, f := range report.Formats() {
		var b strings.Builder
		w := f.New(&b, o)
		for _, it := range items {
			w.Write(it)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("testdata", "report"+f.Extension)
		if *update && f.Name != "jsonl" {
			if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", f.Name, &b, want)
		}
	}
}
