package value_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/value"
)

var inf = math.Inf(1)

// outcome runs an expression and says how it went, as testdata/eval.py does.
func outcome(src string) string {
	m := NewMeter(nil, Limits{Steps: 1 << 24, Value: 1 << 22})
	v, err := evaluate(m, src)
	if err == nil {
		var b []byte
		if b, err = AppendRepr(m, nil, v); err == nil {
			return string(b)
		}
	}
	return "!! " + err.Error()
}

var update = flag.Bool("update", false, "ask python3 anew for the answers in testdata")

// TestPython holds the package to what Python printed for the expressions in
// testdata/*.txt: a line with the expression, a line with "=> " and its repr
// or "!! " and the error.
func TestPython(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
			if *update {
				askAgain(t, file, lines)
				return
			}
			for i := 0; i+1 < len(lines); i += 2 {
				got, want := outcome(lines[i]), strings.TrimPrefix(lines[i+1], "=> ")
				if strings.HasPrefix(got, "!! LookupError") && strings.HasPrefix(want, "!! ") {
					continue // a subscript that fails is undefined in a template
				}
				if got != want {
					t.Errorf("line %d: %s\n got %s\nwant %s", i+1, lines[i], got, want)
				}
			}
		})
	}
}

// askAgain writes a file of testdata anew: its expressions, with or without
// answers, and what python3 makes of them.
func askAgain(t *testing.T, file string, lines []string) {
	var exprs []string
	for _, line := range lines {
		if line != "" && !strings.HasPrefix(line, "=> ") && !strings.HasPrefix(line, "!! ") {
			exprs = append(exprs, line)
		}
	}
	var out strings.Builder
	for i, said := range pythonSays(t, exprs) {
		if !strings.HasPrefix(said, "!! ") {
			said = "=> " + said
		}
		out.WriteString(exprs[i] + "\n" + said + "\n")
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// pythonSays evaluates expressions with python3, or skips the test.
func pythonSays(t *testing.T, exprs []string) []string {
	t.Helper()
	cmd := exec.Command("python3", "testdata/eval.py")
	var in bytes.Buffer
	for _, e := range exprs {
		b, _ := json.Marshal(e)
		in.Write(append(b, '\n'))
	}
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("python3 with markupsafe is needed: %v\n%s", err, stderr.Bytes())
		}
		t.Skipf("python3 with markupsafe is not here: %v", err)
	}
	var said []string
	sc := bufio.NewScanner(bytes.NewReader(out))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var line []string
		if err := json.Unmarshal(sc.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line[0] == "ok" {
			said = append(said, line[1])
			continue
		}
		msg := "!! " + line[1]
		if line[2] != "" {
			msg += ": " + line[2]
		}
		said = append(said, msg)
	}
	if len(said) != len(exprs) {
		t.Fatalf("python answered %d of %d", len(said), len(exprs))
	}
	return said
}

// differs compares two outcomes. A failed subscript is undefined here and one
// of several errors there; values that were too large for one of us are no
// difference.
func differs(got, want string) bool {
	switch {
	case got == want:
		return false
	case strings.Contains(got, "for %: 'bytes'"):
		return false // bytes have no formatting here
	case strings.HasPrefix(got, "{") && sortedRunes(got) == sortedRunes(want):
		return false // a set, in an order of its own
	case want == "Markup("+got+")":
		// CPython gives a Markup back as it is when formatting changes nothing.
		return false
	case strings.HasPrefix(got, "!! LookupError"):
		return !strings.HasPrefix(want, "!! ")
	case strings.HasPrefix(got, "!! UndefinedError") && strings.HasPrefix(want, "!! AttributeError"):
		return false
	case strings.Contains(got, "larger than the limit"), strings.Contains(got, "complex"),
		strings.Contains(want, "complex"), strings.Contains(want, "j)"), strings.Contains(want, "MemoryError"):
		return false
	}
	return !closeFloats(got, want)
}

func sortedRunes(s string) string {
	r := []rune(s)
	slices.Sort(r)
	return string(r)
}

var randomSeed = flag.Uint64("seed", 1, "what the random expressions come from")

// closeFloats allows the last bit of a float: the C library's pow rounds wrong
// now and then.
func closeFloats(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && math.Abs(x-y) <= math.Abs(x)*0x1p-50
}

// TestDifferential compares with Python on random expressions.
func TestDifferential(t *testing.T) {
	n := 4000
	if testing.Short() {
		n = 500
	}
	seed := *randomSeed
	g := &generator{rand.New(rand.NewPCG(seed, 1))}
	exprs := make([]string, n)
	for i := range exprs {
		exprs[i] = g.any(3)
	}
	bad := 0
	for i, want := range pythonSays(t, exprs) {
		if got := outcome(exprs[i]); differs(got, want) {
			if strings.Count(exprs[i], "nan") > 1 {
				continue // every nan is one object here, so that containers find it
			}
			if strings.Contains(exprs[i], "s()") && sortedRunes(got) == sortedRunes(want) {
				continue // a difference of views is a set, in an order of its own
			}
			if bad++; bad <= 20 {
				t.Errorf("seed %d: %s\n got %s\nwant %s", seed, exprs[i], got, want)
			}
		}
	}
	if bad > 20 {
		t.Errorf("%d of %d differ", bad, n)
	}
}
