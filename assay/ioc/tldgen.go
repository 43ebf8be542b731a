//go:build ignore

// Tldgen writes tlds.txt: every top-level domain of the ICANN section of the
// public suffix list that golang.org/x/net carries.
//
// That package answers questions about one name and takes 200 ns for it; the
// scanner needs the bare list in a table of its own. The layout of the data is
// described in the package's table.go.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

func main() {
	log.SetFlags(0)
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		log.Fatalf("find golang.org/x/net: %v", err)
	}
	list := filepath.Join(string(bytes.TrimSpace(dir)), "publicsuffix")
	table := read(list, "table.go")
	text, nodes := read(list, "data", "text"), read(list, "data", "nodes")
	count, err := strconv.Atoi(field(table, `const numTLD = (\d+)`))
	if err != nil {
		log.Fatal(err)
	}

	names := []string{}
	for i := range count {
		var n uint64
		for _, b := range nodes[5*i : 5*i+5] {
			n = n<<8 | uint64(b)
		}
		length, offset, icann := n&63, n>>6&0xffff, n>>22&1
		if icann == 1 {
			names = append(names, string(text[offset:offset+length]))
		}
	}
	slices.Sort(names)

	var out bytes.Buffer
	fmt.Fprintf(&out, "# %d top-level domains, public suffix list of %s.\n", len(names), field(table, `const version = .*\((\d{4}-\d\d-\d\d)`))
	for _, name := range names {
		fmt.Fprintln(&out, name)
	}
	if err := os.WriteFile("tlds.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func read(path ...string) []byte {
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		log.Fatal(err)
	}
	return b
}

func field(text []byte, pattern string) string {
	m := regexp.MustCompile(pattern).FindSubmatch(text)
	if m == nil {
		log.Fatalf("table.go has no %s", pattern)
	}
	return string(m[1])
}
