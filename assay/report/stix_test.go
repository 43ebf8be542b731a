package report_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// bundled is a bundle as a reader sees it.
func bundled(t testing.TB, o report.Options, items ...report.Item) []map[string]any {
	t.Helper()
	f, _ := report.Lookup("stix")
	var b strings.Builder
	w := f.New(&b, o)
	for _, it := range items {
		w.Write(it)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Type, ID string
		Objects  []map[string]any
	}
	if err := json.Unmarshal([]byte(b.String()), &bundle); err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	if bundle.Type != "bundle" || !stixID.MatchString(bundle.ID) {
		t.Errorf("got a bundle of type %q, id %q", bundle.Type, bundle.ID)
	}
	return bundle.Objects
}

func ids(objects []map[string]any, kind string) []string {
	var list []string
	for _, o := range objects {
		if o["type"] == kind {
			list = append(list, o["id"].(string))
		}
	}
	return list
}

// The ids that STIX 2.1 gives to observables; other producers give the same.
func TestSTIXIDs(t *testing.T) {
	for _, tt := range []struct {
		kind        ioc.Kind
		value, want string
	}{
		{ioc.IPv4, "198.51.100.3", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
		{ioc.IPv6, "2001:db8::1", "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26"},
		{ioc.Domain, "example.com", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"},
		{ioc.URL, "https://example.com/research/index.html", "url--47c3cf9a-5027-5bf0-997a-017c7edc7c55"},
		{ioc.Email, "john@example.com", "email-addr--7165e2a9-671f-585d-b1e1-ca59c671d934"},
		{ioc.MD5, "44d88612fea8a8f36de82e1278abb02f", "file--5a0c55a1-48a3-5003-9776-42946d1054cb"},
		{ioc.SHA256, "ceafbfd424be2ca4a5f0402cae090dda2fb0526cf521b60b60077c0f622b285a", "file--70221dbf-52fd-5377-9619-c0ce6b3ffc8c"},
		{ioc.ASN, "AS15139", "autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff"},
		// These are from the reference implementation, python-stix2.
		{ioc.Mutex, "日本 \"\\\n\u2028", "mutex--6d09b3ba-9bd7-5cf0-b0f6-ed9ef5e5f1e6"},
		{ioc.Registry, `HKEY_LOCAL_MACHINE\Software\x`, "windows-registry-key--f2a6a91b-59fa-5bb7-a7f9-937ea97b37c9"},
		{ioc.WindowsPath, `C:\Windows\Temp\x.exe`, "file--e9b64b45-27bc-5382-b7c2-7f32dd265730"},
		{ioc.Social, "telegram:evil", "user-account--8e6ab978-a289-5a38-ae01-2cdaa540e035"},
		{ioc.SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "file--22f8ff52-8f62-5f03-a53a-6f50f54fd74c"},
	} {
		kind, _, _ := strings.Cut(tt.want, "--")
		got := ids(bundled(t, report.Options{}, report.Item{Match: match(tt.kind, tt.value, "x")}), kind)
		if !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s %s: got %v, want %s", tt.kind, tt.value, got, tt.want)
		}
	}
}

var (
	stixID    = regexp.MustCompile(`^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	markingID = regexp.MustCompile(`^marking-definition--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	stixStamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	// A URI of RFC 3986, as far as characters go.
	stixURI = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$`)
	// Comparisons in which every quote of a value is behind a backslash.
	stixPattern = regexp.MustCompile(`(?s)^\[([a-z0-9-]+:[a-z_.]+('[A-Z0-9-]+'|[A-Z0-9]*) = ('([^'\\]|\\'|\\\\)*'|\d+)( AND )?)+\]$`)
)

// What an object of each type must have besides type, spec_version and id.
var required = map[string][]string{
	"identity":             {"created", "modified", "name"},
	"extension-definition": {"created", "modified", "created_by_ref", "name", "schema", "version", "extension_types"},
	"marking-definition":   {"created", "name", "extensions"},
	"ipv4-addr":            {"value"},
	"ipv6-addr":            {"value"},
	"domain-name":          {"value"},
	"url":                  {"value"},
	"email-addr":           {"value"},
	"mac-addr":             {"value"},
	"autonomous-system":    {"number"},
	"file":                 {},
	"directory":            {"path"},
	"mutex":                {"name"},
	"windows-registry-key": {"key"},
	"user-account":         {"account_login", "account_type"},
	"x-assay-indicator":    {"kind", "value", "extensions"},
	"vulnerability":        {"created", "modified", "name", "external_references"},
	"attack-pattern":       {"created", "modified", "name", "external_references"},
	"indicator":            {"created", "modified", "pattern", "pattern_type", "valid_from"},
	"relationship":         {"created", "modified", "relationship_type", "source_ref", "target_ref"},
	"note":                 {"created", "modified", "content", "object_refs"},
}

// The rules of STIX 2.1, as far as they touch what is written, for every kind
// and whatever it holds.
func TestSTIXRules(t *testing.T) {
	items := append(every(),
		report.Item{Match: match(ioc.IPv4, "203.0.113.7", "x")}, report.Item{Match: match(ioc.IPv6, "2001:db8::1", "x")},
		report.Item{Match: match(ioc.ASN, "AS64496", "x")}, report.Item{Match: match(ioc.ATTACK, "T1059", "x")},
		report.Item{Match: match(ioc.Social, "telegram:evil", "x")})
	objects := bundled(t, report.Options{TLP: report.AmberStrict, Indicators: true, Time: time.Unix(1790000000, 5e6)}, items...)
	known := map[string]bool{}
	for _, o := range objects {
		known[o["id"].(string)] = true
	}
	if len(known) != len(objects) {
		t.Errorf("got %d objects of %d ids", len(objects), len(known))
	}
	types := map[string]int{}
	for _, o := range objects {
		types[o["type"].(string)]++
		if list := problems(o, known); list != nil {
			t.Fatalf("%q: %s", list, encoded(o))
		}
	}
	for kind := range required {
		if types[kind] == 0 {
			t.Errorf("no %s was written", kind)
		}
	}
}

// problems are what is wrong with an object.
func problems(o map[string]any, known map[string]bool) (list []string) {
	complain := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	kind, id := o["type"].(string), o["id"].(string)
	if o["spec_version"] != "2.1" || !strings.HasPrefix(id, kind+"--") || !stixID.MatchString(id) && !markingID.MatchString(id) {
		complain("spec_version, type or id")
	}
	fields, ok := required[kind]
	if !ok {
		complain("no type of STIX")
	}
	for _, f := range fields {
		if o[f] == nil {
			complain("no %s", f)
		}
	}
	for name, v := range o {
		switch {
		case name == "created" || name == "modified" || name == "valid_from":
			if !stixStamp.MatchString(v.(string)) {
				complain("%s is no time", name)
			}
		case strings.HasSuffix(name, "_ref"):
			if !known[v.(string)] {
				complain("%s leads nowhere", name)
			}
		case strings.HasSuffix(name, "_refs"):
			for _, ref := range v.([]any) {
				if !known[ref.(string)] {
					complain("%s leads nowhere", name)
				}
			}
		case name == "extensions":
			for ext := range v.(map[string]any) {
				if !known[ext] && ext != "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d" {
					complain("no definition of %s", ext)
				}
			}
			if kind == "file" {
				complain("its id would name the extension")
			}
		case name == "x_assay_match" && o["extensions"] == nil:
			complain("a property without its extension")
		}
	}
	definition := kind == "identity" || kind == "extension-definition" || kind == "marking-definition"
	if marked := o["object_marking_refs"] != nil; marked == definition {
		complain("marked: %t", marked)
	}
	if u, _ := o["value"].(string); kind == "url" && strings.Contains(u, "://") && !stixURI.MatchString(u) {
		complain("no URI")
	}
	if p, _ := o["pattern"].(string); o["pattern_type"] == "stix" && !stixPattern.MatchString(p) {
		complain("the pattern is none")
	}
	return list
}

func TestSTIXValues(t *testing.T) {
	for _, tt := range []struct {
		kind                           ioc.Kind
		value, typ, property, patterns string
	}{
		{ioc.CIDR, "198.51.100.0/24", "ipv4-addr", `"value":"198.51.100.0/24"`, `[ipv4-addr:value = '198.51.100.0/24']`},
		{ioc.CIDR, "2001:db8::/32", "ipv6-addr", `"value":"2001:db8::/32"`, `[ipv6-addr:value = '2001:db8::/32']`},
		{ioc.IPv4, "no address", "x-assay-indicator", `"kind":"ipv4"`, ""},
		{ioc.URL, "http://evil.example/a b|é[1]%zz#x#y", "url", `"value":"http://evil.example/a%20b%7C%C3%A9%5B1%5D%25zz#x%23y"`, `[url:value = 'http://evil.example/a%20b%7C%C3%A9%5B1%5D%25zz#x%23y']`},
		{ioc.URL, "http://[2001:db8::1]/", "url", `"value":"http://[2001:db8::1]/"`, `[url:value = 'http://[2001:db8::1]/']`},
		{ioc.SHA1, strings.Repeat("a", 40), "file", `"hashes":{"SHA-1":"aaaaaaaa`, `[file:hashes.'SHA-1' = '` + strings.Repeat("a", 40) + `']`},
		{ioc.SHA384, strings.Repeat("a", 96), "file", `"hashes":{"SHA-384":"aaaaaaaa`, `[file:hashes.'SHA-384' = '` + strings.Repeat("a", 96) + `']`},
		{ioc.MD5, "short", "x-assay-indicator", `"value":"short"`, ""},
		{ioc.SSDeep, "3:abc:def", "file", `"hashes":{"SSDEEP":"3:abc:def"}`, `[file:hashes.SSDEEP = '3:abc:def']`},
		{ioc.TLSH, "T1" + strings.Repeat("A", 70), "file", `"hashes":{"TLSH":"AAAA`, `[file:hashes.TLSH = '` + strings.Repeat("A", 70) + `']`},
		{ioc.Imphash, strings.Repeat("a", 32), "x-assay-indicator", `"kind":"imphash"`, ""},
		{ioc.ASN, "AS64496", "autonomous-system", `"number":64496`, `[autonomous-system:number = 64496]`},
		{ioc.ASN, "AS0", "autonomous-system", `"number":0`, `[autonomous-system:number = 0]`},
		{ioc.ASN, "AS99999999999", "x-assay-indicator", `"value":"AS99999999999"`, ""},
		{ioc.Mutex, `Global\it's`, "mutex", `"name":"Global\\it's"`, `[mutex:name = 'Global\\it\'s']`},
		{ioc.WindowsPath, `C:\x.exe`, "directory", `"path":"C:\\"`, `[file:name = 'x.exe' AND file:parent_directory_ref.path = 'C:\\']`},
		{ioc.WindowsPath, `%TEMP%\a\x.exe`, "directory", `"path":"%TEMP%\\a"`, `[file:name = 'x.exe' AND file:parent_directory_ref.path = '%TEMP%\\a']`},
		{ioc.UnixPath, "/etc/cron.d/", "directory", `"path":"/etc/cron.d"`, `[directory:path = '/etc/cron.d']`},
		{ioc.UnixPath, "/x", "directory", `"path":"/"`, `[file:name = 'x' AND file:parent_directory_ref.path = '/']`},
		{ioc.UnixPath, "x", "file", `"name":"x"`, `[file:name = 'x']`},
		{ioc.Social, "telegram:evil", "user-account", `"account_login":"evil"`, `[user-account:account_login = 'evil' AND user-account:account_type = 'telegram']`},
		{ioc.CVE, "CVE-2021-44228", "vulnerability", `"external_references":[{"source_name":"cve","external_id":"CVE-2021-44228"}]`, ""},
		{ioc.ATTACK, "T1059.001", "attack-pattern", `"external_references":[{"source_name":"mitre-attack","external_id":"T1059.001"}]`, ""},
		{ioc.ATTACK, "TA0001", "x-assay-indicator", `"value":"TA0001"`, ""},
		{ioc.YARA, "rule x { condition: true }", "indicator", `"pattern_type":"yara"`, "rule x { condition: true }"},
		{"kind-of-2030", "x", "x-assay-indicator", `"kind":"kind-of-2030"`, ""},
	} {
		it := report.Item{Match: match(tt.kind, tt.value, "x")}
		out := write(t, "stix", false, it)
		i := strings.Index(out, "\n"+`{"type":"`+tt.typ+`"`)
		if i < 0 || !strings.Contains(out[i:], tt.property) {
			t.Errorf("%s %s: got\n%s\nwant %s with %s", tt.kind, tt.value, out, tt.typ, tt.property)
		}
		var patterns []string
		for _, o := range bundled(t, report.Options{Indicators: true}, it) {
			if p, ok := o["pattern"].(string); ok {
				patterns = append(patterns, p)
			}
		}
		if got := strings.Join(patterns, " "); got != tt.patterns {
			t.Errorf("%s %s: got the pattern %s, want %s", tt.kind, tt.value, got, tt.patterns)
		}
	}
}

// The labels of TLP 2.0 have ids that everybody knows.
func TestSTIXMarkings(t *testing.T) {
	for tlp, id := range map[report.TLP]string{
		report.Clear:       "94868c89-83c2-464b-929b-a1a8aa3c8487",
		report.Green:       "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
		report.Amber:       "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
		report.AmberStrict: "939a9414-2ddd-4d32-a0cd-375ea402b003",
		report.Red:         "e828b379-4e03-4974-9ac4-e53a884c97c1",
	} {
		objects := bundled(t, report.Options{TLP: tlp}, report.Item{Match: match(ioc.Domain, "evil.example", "x")})
		if got := ids(objects, "marking-definition"); !slices.Equal(got, []string{"marking-definition--" + id}) {
			t.Errorf("%s: got %v, want %s", tlp, got, id)
		}
	}
	if got := ids(bundled(t, report.Options{}), "marking-definition"); got != nil {
		t.Errorf("no label: got %v", got)
	}
}

// What a warning list holds is told, but is no reason for an alarm.
func TestSTIXIndicatorsOfListed(t *testing.T) {
	m := match(ioc.IPv4, "8.8.8.8", "8.8.8.8")
	m.Detail = &ioc.Detail{Lists: []string{"public resolvers"}}
	objects := bundled(t, report.Options{Indicators: true}, report.Item{Match: m})
	if len(ids(objects, "ipv4-addr")) != 1 || len(ids(objects, "indicator")) != 0 {
		t.Errorf("got %v", objects)
	}
}

// An id stands once in a bundle; further matches are notes on it.
func TestSTIXAgain(t *testing.T) {
	a := report.Item{File: "a.eml", Part: "page 2 of invoice.pdf", Page: 2, Match: match(ioc.Domain, "evil.example", "evil[.]example")}
	objects := bundled(t, report.Options{}, a, a, report.Item{Match: match(ioc.Onion, "evil.example", "x")})
	notes := ids(objects, "note")
	if len(ids(objects, "domain-name")) != 1 || len(notes) != 2 || notes[0] == notes[1] {
		t.Fatalf("got %v", objects)
	}
	if got, want := objects[3]["content"], "Found at bytes 3 to 17 of page 2 of invoice.pdf of a.eml, written as: evil[.]example"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Without a time, objects get one that cannot be mistaken for one.
func TestSTIXTime(t *testing.T) {
	cve := report.Item{Match: match(ioc.CVE, "CVE-2021-44228", "x")}
	for want, o := range map[string]report.Options{
		"1970-01-01T00:00:00.000Z": {},
		"2026-11-22T09:30:00.120Z": {Time: time.Date(2026, 11, 22, 10, 30, 0, 120_456_789, time.FixedZone("", 3600))},
	} {
		objects := bundled(t, o, cve)
		if got := objects[len(objects)-1]; got["created"] != want || got["modified"] != want {
			t.Errorf("got %v and %v, want %s", got["created"], got["modified"], want)
		}
	}
}
