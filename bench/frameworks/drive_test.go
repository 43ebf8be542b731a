package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestParseWrk(t *testing.T) {
	const good = `Running 2s test @ http://127.0.0.1:40011/plaintext
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.09ms    1.04ms  16.89ms   88.61%
    Req/Sec    66.29k     3.49k   71.22k    76.19%
  Latency Distribution
     50%  838.00us
     75%    1.38ms
     90%    2.30ms
     99%    4.82ms
  138466 requests in 2.10s, 17.56MB read
Requests/sec:  65930.56
Transfer/sec:      8.36MB
`
	got, err := parseWrk(good)
	if want := (load{138466, 2100 * time.Millisecond, 4820 * time.Microsecond}); err != nil || got != want {
		t.Errorf("parseWrk = %v, %v, want %v", got, err, want)
	}
	for _, tt := range []struct{ out, want string }{
		{good + "  Non-2xx or 3xx responses: 138466\n", "Non-2xx"},
		{strings.Replace(good, "Requests/sec", "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec", 1), "Socket errors"},
		{strings.Replace(good, "138466 requests", "0 requests", 1), "not one"},
		{"unable to connect to 127.0.0.1:1 Connection refused\n", "unable"},
	} {
		if _, err := parseWrk(tt.out); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("parseWrk(%.40q) = %v, want an error with %q", tt.out, err, tt.want)
		}
	}
}

func TestParseStat(t *testing.T) {
	for _, tt := range []struct {
		stat string
		want time.Duration
	}{
		{"42 (bare) S 1 42 1 0 -1 4194304 700 0 0 0 120 45 0 0 20 0 5 0 100 1268 1400", 1650 * time.Millisecond},
		{"42 (a ) S 9 (x) S 1 42 1 0 -1 4194304 700 0 0 0 1 2 0 0 20 0 5 0 100 1268 1400", 30 * time.Millisecond},
	} {
		if got, err := parseStat(tt.stat); err != nil || got != tt.want {
			t.Errorf("parseStat(%q) = %v, %v, want %v", tt.stat, got, err, tt.want)
		}
	}
	if got, err := parseStat("42 (bare) S 1"); err == nil {
		t.Errorf("parseStat of half a line = %v", got)
	}
}

// One round, to see that servers are driven and measured. How fast they are is
// for `go run .` to say.
func TestDrive(t *testing.T) {
	if testing.Short() {
		t.Skip("drives two servers for some seconds")
	}
	p, err := parse([]string{"-pages", "plaintext,secure", "-servers", "retort", "-rounds", "1", "-seconds", "1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := needed(p); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	bins, err := build(t.Context(), t.TempDir(), p.servers)
	if err != nil {
		t.Fatal(err)
	}
	var r results
	if err := drive(t.Context(), p, bins, &r); err != nil {
		t.Fatal(err)
	}
	for _, f := range p.servers {
		for _, pg := range p.pages {
			got := r.samples[f.name][pg.name]
			if len(got) != 1 || got[0].rate <= 0 || got[0].cpu <= 0 || got[0].objects < 1 || got[0].bytes < 1 {
				t.Errorf("%s, %s: measured %+v, want one sample with all its figures", f.name, pg.name, got)
			}
		}
		if r.idle[f.name] == 0 || r.loaded[f.name] < r.idle[f.name]/2 {
			t.Errorf("%s holds %d bytes idle, %d loaded", f.name, r.idle[f.name], r.loaded[f.name])
		}
	}
}

// What the test itself has used can be read as a server's can.
func TestTree(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		t.Skip("no /proc here")
	}
	if got := tree(os.Getpid()); got[0] != os.Getpid() {
		t.Errorf("tree = %v, want %d first", got, os.Getpid())
	}
}

func TestParse(t *testing.T) {
	p, err := parse([]string{"-pages", "secure,json", "-servers", "retort", "-rounds", "3"})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(p.pages, page.String) + " " + names(p.servers, framework.String); got != "json,secure bare,retort" {
		t.Errorf("parse picks %q", got)
	}
	for _, args := range []string{"-pages=nope", "-servers=rails", "-rounds=0", "-rounds=101", "-seconds=0", "-seconds=61"} {
		if _, err := parse([]string{args}); err == nil {
			t.Errorf("parse(%s) is accepted", args)
		}
	}
}

func TestReport(t *testing.T) {
	p, err := parse([]string{"-pages", "plaintext,secure", "-servers", "retort,hertz", "-markdown"})
	if err != nil {
		t.Fatal(err)
	}
	r := &results{
		samples: map[string]map[string][]sample{
			"bare":   {"plaintext": {{rate: 100, cpu: 10}, {rate: 50, cpu: 20}, {rate: 80, cpu: 10}}, "secure": {{rate: 100, cpu: 10}}},
			"retort": {"plaintext": {{rate: 90, cpu: 11}, {rate: 60, cpu: 20}, {rate: 40, cpu: 30}}, "secure": {{rate: 70, cpu: 15}}},
			"hertz":  {"plaintext": {{rate: 200, cpu: 5}}},
		},
		starts: map[string][]time.Duration{"bare": {1e6}, "retort": {3e6, 1e6, 2e6}, "hertz": {1e6}},
		sizes:  map[string]size{"retort": {12_345_678, 9_000_000}},
	}
	for _, want := range []string{
		"| server | plaintext | secure |\n|---|--:|--:|\n| bare net/http | 1.00 | 1.00 |\n| Hertz 0.10 | 2.00 | – |\n| Retort | 0.90 | 0.70 |\n",
		"| Retort | 1.10 | 1.50 |\n",
		"| bare net/http | 0.91 | 0.67 |\n| Hertz 0.10 | 0.45 | – |\n| Retort | 1.00 | 1.00 |\n",
		"| Retort | – | – | 2.0 | 12.3 | 9.0 | – | – |\n",
	} {
		if got := report(p, r); !strings.Contains(got, want) {
			t.Errorf("report lacks\n%s\nin\n%s", want, got)
		}
	}
}
