package ioc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

func TestListHolds(t *testing.T) {
	l, err := ioc.ReadList("own", strings.NewReader("# ours\nExample[.]org\n*.corp.example.net\n203.0.113.0/24 # lab\n2001:db8::5\nhxxps://share.example.com/public/\nsoc@example.edu\n"+strings.ToUpper(md5)+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		value string
		want  bool
	}{
		{"example.org", true}, {"a.b.example.org", true}, {"notexample.org", false}, {"corp.example.net", true}, {"example.net", false},
		{"203.0.113.7", true}, {"203.0.114.7", false}, {"203.0.113.0/25", true}, {"203.0.0.0/16", false}, {"2001:db8::5", true}, {"2001:db8::6", false},
		{"https://share.example.com/public/a", true}, {"https://share.example.com/private", false}, {"http://user@www.example.org:8080/x", true}, {"http://203.0.113.9/x", true},
		{"soc@example.edu", true}, {"a@example.edu", false}, {"a@example.org", true}, {md5, true}, {sha1, false},
	} {
		i, ok := ioc.Classify(tt.value)
		if !ok {
			t.Errorf("Classify(%q) finds nothing", tt.value)
		}
		if got := l.Holds(i); got != tt.want {
			t.Errorf("Holds(%v) = %v, want %v", i, got, tt.want)
		}
	}
}

func TestReadListErrors(t *testing.T) {
	_, err := ioc.ReadList("own", strings.NewReader("example.org\n\nnot an indicator\n"))
	if got, want := fmt.Sprint(err), `list own, line 3: "not an indicator" is no indicator`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := ioc.ReadList("misp", strings.NewReader(`{"name":"x","type":"regex","list":["a+"]}`)); err == nil {
		t.Error("a list of regular expressions is read")
	}
}

func TestReadMISPList(t *testing.T) {
	l, err := ioc.ReadList("", strings.NewReader(`{"name":"Top","type":"hostname","list":["example.org.","localhost"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if !l.Holds(ioc.Indicator{Kind: ioc.Domain, Value: "www.example.org"}) || l.Name != "Top" {
		t.Errorf("%s does not hold its entry", l.Name)
	}
}

func TestMarking(t *testing.T) {
	lists, date := ioc.BuiltinLists()
	if date == "" || len(lists) < 10 {
		t.Fatalf("%d lists of %q", len(lists), date)
	}
	var got []string
	for _, m := range (ioc.Options{Lists: lists}).Extract("10.1.2.3 8.8.8.8 evil.com www.google.com bit.ly/x d41d8cd98f00b204e9800998ecf8427e") {
		mark := "-"
		if m.Detail != nil {
			mark = strings.Join(m.Detail.Lists, "+")
		}
		got = append(got, m.Value+": "+mark)
	}
	want := "10.1.2.3: private network, RFC 1918 | 8.8.8.8: public DNS resolver | evil.com: - | www.google.com: well-known site | bit.ly: URL shortener | d41d8cd98f00b204e9800998ecf8427e: hash of no data"
	if got := strings.Join(got, " | "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
