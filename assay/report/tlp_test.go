package report_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

func TestParseTLP(t *testing.T) {
	for in, want := range map[string]report.TLP{
		"": "", "clear": report.Clear, "GREEN": report.Green, " tlp:amber ": report.Amber, "TLP:AMBER+STRICT": report.AmberStrict, "red": report.Red,
	} {
		if got, err := report.ParseTLP(in); got != want || err != nil {
			t.Errorf("ParseTLP(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"white", "amber strict", "tlp", "red\n; drop"} {
		if got, err := report.ParseTLP(in); err == nil || !strings.Contains(err.Error(), "clear green amber amber+strict red") {
			t.Errorf("ParseTLP(%q) = %q, %v, want an error that names the labels", in, got, err)
		}
	}
	if got := report.AmberStrict.String(); got != "TLP:AMBER+STRICT" {
		t.Errorf("got %s", got)
	}
}

// Formats that say they mark do, and the others do not.
func TestMarks(t *testing.T) {
	for _, f := range report.Formats() {
		var b strings.Builder
		w := f.New(&b, report.Options{TLP: report.AmberStrict})
		w.Write(report.Item{Match: match(ioc.Domain, "evil.example", "x")})
		w.Close()
		if got := strings.Contains(strings.ToLower(b.String()), "tlp"); got != f.Marks {
			t.Errorf("%s: marked is %t, want %t", f.Name, got, f.Marks)
		}
	}
}
