package ioc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"open README.md", `".md is a top-level domain and a file extension; between a blank and the end; the word "open" before it speaks of a file; refused: file name"`},
		{"evil[.]com", `written "evil[.]com", read as "evil.com"; .com is a top-level domain; between the beginning and the end; it is the whole line; taken: defanged`},
		{"domain scam.one", `.one is a top-level domain and a file extension; between a blank and the end; the word "domain" before it speaks of a host; taken: cue word`},
		{"version 1.2.3.4", `four octets that could be a version; behind the word "version"; refused: version number`},
		{"evil.com\nscam.one", `.com is a top-level domain; between the beginning and a line break; it is the whole line; the list around it holds a host; taken: whole line | .one is a top-level domain and a file extension; between a line break and the end; it is the whole line; the list around it holds a host; taken: beside other hosts`},
		{`{"type": "domain", "value": "scam.one"}`, `.one is a top-level domain and a file extension; between '"' and '"'; the word "domain" before it speaks of a host; its row speaks of a host; the object around it calls it a host; taken: cue word`},
		{"foo.exe", `.exe is no top-level domain; between the beginning and the end; it is the whole line; refused: no such top-level domain`},
		{md5, `32 hexadecimal digits that stand by themselves; taken: hex of this length`},
	} {
		var got []string
		for _, e := range ioc.Explain(tt.in) {
			got = append(got, strings.Join(e.Steps, "; "))
		}
		if got, want := strings.Join(got, " | "), strings.Trim(tt.want, `"`); got != want {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, got, want)
		}
	}
}

func ExampleExplain() {
	for _, e := range ioc.Explain("The payload.zip came from payload[.]zip") {
		fmt.Printf("%s: %s\n", e.Raw, e.Steps[len(e.Steps)-1])
	}
	// Output:
	// payload.zip: refused: file name
	// payload[.]zip: taken: defanged
}
