package i18n

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
)

// python runs a script of Python's gettext, which prints JSON.
func python(t *testing.T, script string, input, output any) {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no python3")
		}
		t.Skip("there is no python3 to compare with")
	}
	in, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "-W", "ignore", "-c", "import gettext, json, sys\ninput = json.load(sys.stdin)\n"+script)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatal(err)
	}
}

// rules are the plural rules of the languages that gettext knows, and some that nobody speaks.
var rules = []string{
	"0", "n != 1", "n!=1", "n>1", "(n > 1)", "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5",
	"(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)", "(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2",
	"(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3", "(n%10!=1 || n%100==11)", "(n==1 || n==11) ? 0 : (n==2 || n==12) ? 1 : (n > 2 && n < 20) ? 2 : 3",
	"n==1 ? 0 : n==2 ? 1 : (n>2 && n<7) ? 2 :(n>6 && n<11) ? 3 : 4", "(n==1) ? 0 : (n==2) ? 1 : (n == 3) ? 2 : 3",
	"(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2)", "n==1 || n%10==1 ? 0 : 1", "(n==0 ? 0 : n==1 ? 1 : 2)",
	"(n==1 ? 0 : n==0 || ( n%100>1 && n%100<11) ? 1 : (n%100>10 && n%100<20 ) ? 2 : 3)", "(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2)",
	"(n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0)", "(n == 0 || n == 1) ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2",
	"(n != 1 && n != 2 && n != 3 && (n % 10 == 4 || n % 10 == 6 || n % 10 == 9))",
	"!(n == 1)", "!!n", "n / 10 % 3", "n * 2 - 1 > 4 ? n + 1 : (n - 1) * 3 % 4", "n > 2 == 1", "n - 1 - 1", "n ? n > 5 ? 2 : 1 : 0",
}

func TestPluralRules(t *testing.T) {
	var numbers []int64
	for n := int64(-30); n <= 250; n++ {
		numbers = append(numbers, n)
	}
	numbers = append(numbers, 1000, 1001, 1_000_000, 2_000_000, 1<<40)
	var want [][]int64
	python(t, "json.dump([[gettext.c2py(r)(n) for n in input['numbers']] for r in input['rules']], sys.stdout)",
		map[string]any{"rules": rules, "numbers": numbers}, &want)
	for i, text := range rules {
		rule, err := parsePluralForms("nplurals=9; plural=" + text + ";")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for j, n := range numbers {
			if got := rule(n); got != want[i][j] {
				t.Errorf("%s for %d: got %d, want %d", text, n, got, want[i][j])
				break
			}
		}
	}
}

func TestPluralRuleErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": "ends too early", "n >": "ends too early", "(n": "is not closed", "n ? 1": "has no :", "n)": `")" is not expected`, "m": `"m" is not expected`,
		"n = 1": `"=" is not expected`, "n 1": `"1" is not expected`, "12345678901": "is not expected", "-1": `"-" is not expected`, "n & 1": `"&" is not expected`,
		strings.Repeat("(", 30) + "n" + strings.Repeat(")", 30): "too deeply", strings.Repeat("n ? 1 : ", 30) + "0": "too deeply", strings.Repeat("n+", 600) + "n": "longer than",
	} {
		if _, err := parsePluralForms("nplurals=2; plural=" + text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want an error with %q", text, err, want)
		}
	}
	for _, text := range []string{"n / 0", "n % 0", "n % (n - n)"} { // Python fails when the page is made
		rule, err := parsePluralForms("plural=" + text)
		if err != nil {
			t.Fatal(err)
		}
		c := catalogue{forms: map[message][]string{{id: "a"}: {"b", "c"}}, rule: rule}
		if got := c.plural("", "a", 5); got != "" {
			t.Errorf("%s: got %q, want none", text, got)
		}
	}
}

// The same catalogue as source and compiled, by msgfmt, and read by Python: they say the same.
func TestCataloguesLikePython(t *testing.T) {
	type query struct {
		Locale, Context, ID, Plural string
		N                           int
	}
	var queries []query
	for _, locale := range []string{"ru", "sl"} {
		for _, id := range []string{"plain", "changed", "quotes \"and\" backslash \\ tab \t end", "several\nlines, the last without an end", "empty", "guess", "gone", "sheep", "%(num)s file", "nobody"} {
			queries = append(queries, query{Locale: locale, ID: id})
		}
		for _, context := range []string{"", "menu", "state", "nowhere"} {
			queries = append(queries, query{Locale: locale, Context: context, ID: "Open"})
		}
		for n := range 130 {
			queries = append(queries, query{locale, "", "%(num)s file", "%(num)s files", n}, query{locale, "disk", "%(num)s file", "%(num)s files", n},
				query{locale, "", "sheep", "sheep", n}, query{locale, "", "nobody", "nobodies", n})
		}
	}
	var want []string
	python(t, `
catalogues = {}
def ask(q):
    c = catalogues.setdefault(q["Locale"], gettext.translation("messages", "testdata/compiled", [q["Locale"]]))
    ctx, id, plural, n = q["Context"], q["ID"], q["Plural"], q["N"]
    if plural:
        return c.npgettext(ctx, id, plural, n) if ctx else c.ngettext(id, plural, n)
    return c.pgettext(ctx, id) if ctx else c.gettext(id)
json.dump([ask(q) for q in input], sys.stdout)`, queries, &want)
	for _, kind := range []string{".po", ".mo"} {
		c := only(t, kind)
		for i, q := range queries {
			ctx := c.With(t.Context(), q.Locale)
			got := c.Translate(ctx, q.Context, q.ID)
			if q.Plural != "" {
				got = c.TranslatePlural(ctx, q.Context, q.ID, q.Plural, q.N)
			}
			if got != want[i] {
				t.Errorf("%s: %+v: got %q, want %q", kind, q, got, want[i])
			}
		}
	}
}

// only loads testdata/compiled as it would be without the files of the other kind.
func only(t *testing.T, kind string) *Catalogues {
	t.Helper()
	files := fstest.MapFS{}
	for _, locale := range []string{"ru", "sl"} {
		name := locale + "/LC_MESSAGES/messages" + kind
		data, err := os.ReadFile("testdata/compiled/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	c, err := New(Config{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
