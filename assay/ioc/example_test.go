package ioc_test

import (
	"fmt"
	"strings"

	"github.com/retort-go/retort/assay/ioc"
)

func ExampleExtract() {
	report := "Beacons went to hxxps://cdn[.]evil[.]example/gate.php (203.0.113[.]9); see README.md."
	for _, m := range ioc.Extract(report) {
		fmt.Println(m.Kind, m.Value, m.Start, m.End, m.Reason)
	}
	// Output:
	// url https://cdn.evil.example/gate.php 16 53 defanged
	// domain cdn.evil.example 24 44 host of a URL
	// ipv4 203.0.113.9 55 68 defanged
}

func ExampleOptions() {
	o := ioc.Options{Kinds: []ioc.Kind{ioc.Domain, ioc.File}, Rejected: true}
	for _, m := range o.Extract("evil.com dropped run.sh") {
		fmt.Println(m.Kind, m.Value, m.Rejected, m.Reason)
	}
	// Output:
	// domain evil.com false top-level domain
	// domain run.sh true file name
	// file run.sh false file extension
}

func ExampleOptions_ExtractReader() {
	log := strings.NewReader("GET / from 203.0.113.9\nGET / from 203.0.113.9\n")
	for m, err := range (ioc.Options{}).ExtractReader(log) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(m.Start, m.Value)
	}
	// Output:
	// 11 203.0.113.9
	// 34 203.0.113.9
}

func ExampleUnique() {
	for _, m := range ioc.Unique(ioc.Extract("evil[.]com, EVIL.com, bad.net")) {
		fmt.Println(m.Value, "first as", m.Raw)
	}
	// Output:
	// evil.com first as evil[.]com
	// bad.net first as bad.net
}

func ExampleRefang() {
	fmt.Println(ioc.Refang("hxxps[:]//evil[.]example/a and analyst[at]evil(dot)example"))
	// Output: https://evil.example/a and analyst@evil.example
}

func ExampleDefang() {
	i, _ := ioc.Classify("https://evil.com/a.php")
	fmt.Println(ioc.Defang(i))
	// Output: hxxps://evil[.]com/a.php
}

func ExampleClassify() {
	i, ok := ioc.Classify("CVE 2021-44228")
	fmt.Println(i.Kind, i.Value, ok)
	// Output: cve CVE-2021-44228 true
}

func ExampleList() {
	own, err := ioc.ReadList("our hosts", strings.NewReader("corp.example.net\n203.0.113.0/24\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range (ioc.Options{Lists: []*ioc.List{own}}).Extract("vpn.corp.example.net 203.0.113.9 evil.com") {
		fmt.Println(m.Value, m.Detail != nil)
	}
	// Output:
	// vpn.corp.example.net true
	// 203.0.113.9 true
	// evil.com false
}
