package report_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

type event struct {
	UUID, Info, Date, Timestamp, Analysis, Distribution string
	ThreatLevelID                                       string `json:"threat_level_id"`
	Published                                           bool
	Tag                                                 []struct{ Name string }
	Attribute                                           []struct {
		UUID, Type, Category, Value, Comment, Distribution, Timestamp string
		ToIDs                                                         bool `json:"to_ids"`
	}
}

func eventOf(t testing.TB, o report.Options, items ...report.Item) event {
	t.Helper()
	f, _ := report.Lookup("misp")
	var b strings.Builder
	w := f.New(&b, o)
	for _, it := range items {
		w.Write(it)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var e struct{ Event event }
	if err := json.Unmarshal([]byte(b.String()), &e); err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	return e.Event
}

func TestMISPTypes(t *testing.T) {
	for _, tt := range []struct {
		kind                       ioc.Kind
		value, typ, category, want string
		toIDs                      bool
	}{
		{ioc.IPv4, "203.0.113.7", "ip-dst", "Network activity", "203.0.113.7", true},
		{ioc.CIDR, "198.51.100.0/24", "ip-dst", "Network activity", "198.51.100.0/24", true},
		{ioc.Domain, "evil.example.co.uk", "hostname", "Network activity", "evil.example.co.uk", true},
		{ioc.Domain, "example.co.uk", "domain", "Network activity", "example.co.uk", true},
		{ioc.Email, "a@evil.example", "email", "Payload delivery", "a@evil.example", true},
		{ioc.SHA256, strings.Repeat("a", 64), "sha256", "Payload delivery", strings.Repeat("a", 64), true},
		{ioc.CVE, "CVE-2021-44228", "vulnerability", "External analysis", "CVE-2021-44228", false},
		{ioc.ASN, "AS64496", "AS", "Network activity", "64496", false},
		{ioc.Bitcoin, "bc1q", "btc", "Financial fraud", "bc1q", true},
		{ioc.Ethereum, "0x1", "text", "Other", "0x1", false},
		{"kind-of-2030", "x", "text", "Other", "x", false},
	} {
		a := eventOf(t, report.Options{}, report.Item{Match: match(tt.kind, tt.value, "x")}).Attribute[0]
		if a.Type != tt.typ || a.Category != tt.category || a.Value != tt.want || a.ToIDs != tt.toIDs {
			t.Errorf("%s %s: got %+v, want %s in %s, %t", tt.kind, tt.value, a, tt.typ, tt.category, tt.toIDs)
		}
	}
}

// What a warning list holds is told, but not for detection.
func TestMISPListed(t *testing.T) {
	m := match(ioc.IPv4, "8.8.8.8", "8.8.8.8")
	m.Detail = &ioc.Detail{Lists: []string{"public resolvers"}}
	if a := eventOf(t, report.Options{}, report.Item{Match: m}).Attribute[0]; a.ToIDs {
		t.Errorf("got %+v, want to_ids false", a)
	}
}

// An event may hold a type and value once; ids tell events and attributes apart
// and stay the same.
func TestMISPEvent(t *testing.T) {
	items := every()
	o := report.Options{TLP: report.AmberStrict, Time: time.Unix(1790000000, 0)}
	e := eventOf(t, o, items...)
	if e.Published || e.Distribution != "0" || e.ThreatLevelID != "4" || e.Date != "2026-09-21" || e.Timestamp != "1790000000" || len(e.Tag) != 1 || e.Tag[0].Name != "tlp:amber+strict" {
		t.Errorf("got %+v", e.Tag)
	}
	v5 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	uuids, values := map[string]bool{e.UUID: true}, map[[2]string]bool{}
	for _, a := range e.Attribute {
		if !v5.MatchString(a.UUID) || uuids[a.UUID] || values[[2]string{a.Type, a.Value}] {
			t.Fatalf("invalid or twice: %+v", a)
		}
		uuids[a.UUID], values[[2]string{a.Type, a.Value}] = true, true
	}
	if len(e.Attribute) != len(items) {
		t.Errorf("got %d attributes, want %d", len(e.Attribute), len(items))
	}
	if again := eventOf(t, report.Options{}, items...); again.UUID != e.UUID || again.Attribute[0].UUID != e.Attribute[0].UUID {
		t.Error("the same items have other ids when told at another time")
	}
	if other := eventOf(t, o, items[1:]...); other.UUID == e.UUID || other.Attribute[0].UUID == e.Attribute[1].UUID {
		t.Error("other items have the same ids")
	}
	if bare := eventOf(t, report.Options{}); bare.Date != "" || bare.Timestamp != "" || bare.Tag != nil || bare.Attribute == nil {
		t.Errorf("of nothing: got %+v", bare)
	}
}
