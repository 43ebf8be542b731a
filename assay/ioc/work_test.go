package ioc_test

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/internal/corpus"
)

// maxWork is how many statements of this package a byte of text may cost,
// whatever the text. It stands for the time that no text may take: statements
// can be counted where the clock of a busy machine says nothing. A shape of
// ten a byte is read at 200 MB/s, one of fifty at about 60.
const maxWork = 70

// tokens are what breaks scanners: delimiters, beginnings of indicators and
// whole ones. Random shapes are made of them.
var tokens = strings.Fields(`a 1 9f . .. [.] (.) [ ] ( ) { } < > / // \ : :: :// @ [at] [dot] (dot - _ % %2e %2F & &amp; &#46; = ? # , ; " ' | * + ~ $ ^
	http http:// hxxp hxxps[:]// h**p:// ftp https:\/\/ www. com .com a.com a.zip .one a.name 1.2.3.4 1.2.3 10. fe80:: 2001:db8 [:] a@b a@b.com
	CVE- CVE-2021- cv 0123456789abcdef aHR0cDovL é я пример .рф 。 例 xn-- xn--a.com … “ *** [BLOCKED] References: domain file version v1. =3D
	README.md java. com. \n \u0026 tcp [.|.] _dot_ -at- t) ,) ot A. Win32/ C:\ mil.pl {"type":"domain", "value":" <td> </td>`)

// randomShape joins a few tokens, some of them by white space.
func randomShape(r *rand.Rand) string {
	blanks := []string{"", "", "", "", "", " ", "\n", "\t", "  ", "\u200b", "\xff", "=\n", " at ", " dot "}
	var b strings.Builder
	for range 2 + r.IntN(3) {
		b.WriteString(tokens[r.IntN(len(tokens))])
		b.WriteString(blanks[r.IntN(len(blanks))])
	}
	return b.String()
}

var (
	workShape = flag.String("workshape", "", "shape that TestWorkOf extracts from")
	workSize  = flag.Int("worksize", 0, "how much of it")
)

// TestWorkOf is run by TestWork in a binary that counts statements.
func TestWorkOf(t *testing.T) {
	if *workSize == 0 {
		t.Skip("TestWork runs this one")
	}
	for range (ioc.Options{}).ExtractSeq(corpus.Repeat(*workShape, *workSize)) {
	}
}

// TestWork counts the statements that every shape costs a byte, with the
// counters of the coverage tool: they are in no binary but that of this test.
func TestWork(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a binary of its own")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "work.test")
	if out, err := exec.Command("go", "test", "-c", "-covermode=count", "-o", binary, ".").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("build: %v\n%s", err, out)
		}
		t.Skipf("cannot build a counting binary here: %v", err)
	}
	list := slices.Clone(corpus.Shapes)
	r := rand.New(rand.NewPCG(*seed, 55))
	for range *workShapes {
		list = append(list, randomShape(r))
	}
	work := make([]float64, len(list))
	var wg sync.WaitGroup
	next := make(chan int)
	for w := range 2 {
		wg.Go(func() {
			for i := range next {
				profile := filepath.Join(dir, fmt.Sprint("profile", w))
				work[i] = workOf(t, binary, profile, list[i])
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, shape := range list {
		t.Logf("%6.1f %q", work[i], shape)
		if work[i] > maxWork {
			t.Errorf("a byte of %q costs %.1f statements, want at most %d", shape, work[i], maxWork)
		}
	}
}

var workShapes = flag.Int("workshapes", 60, "how many random shapes TestWork tries")

// workOf is the number of statements a byte, counted between two sizes: what
// happens once does not count, and what grows faster than the text does.
func workOf(t *testing.T, binary, profile, shape string) float64 {
	const small, large = 16 << 10, 80 << 10
	return (statements(t, binary, profile, shape, large) - statements(t, binary, profile, shape, small)) / (large - small)
}

func statements(t *testing.T, binary, profile, shape string, size int) float64 {
	cmd := exec.Command(binary, "-test.run=^TestWorkOf$", "-test.coverprofile="+profile, "-workshape="+shape, fmt.Sprint("-worksize=", size))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%q: %v\n%s", shape, err, out)
		return 0
	}
	f, err := os.Open(profile)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer f.Close()
	total := 0.0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// file.go:1.2,3.4 statements count
		var where string
		var n, count float64
		if _, err := fmt.Sscan(lines.Text(), &where, &n, &count); err == nil {
			total += n * count
		}
	}
	return total
}
