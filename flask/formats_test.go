package flask_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-go/retort/flask"
)

// python returns a Python that has the given modules: the one in PATH, or the
// system's own.
func python(t testing.TB, modules string) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-W", "ignore", "-c", "import "+modules).Run() == nil {
			return name
		}
	}
	const advice = "no python3 has the modules %s (Debian: python3-flask python3-flaskext.wtf python3-flask-login python3-msgpack gunicorn); not compared with the originals"
	if os.Getenv("CI") == "true" {
		t.Fatalf(advice, modules)
	}
	t.Skipf(advice, modules)
	return ""
}

// TestAgainstPython trades values with the real Flask, itsdangerous, Werkzeug and
// msgpack: what they spell is read here, what is spelled here is read by them.
func TestAgainstPython(t *testing.T) {
	const each = 400
	cmd := exec.CommandContext(t.Context(), python(t, "flask, itsdangerous, werkzeug, msgpack"), "-W", "ignore", "testdata/formats.py", "7", fmt.Sprint(each))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for lines := json.NewDecoder(bufio.NewReader(out)); ; {
		var line struct{ Kind, Token, Canonical, Password, What string }
		if err := lines.Decode(&line); err != nil {
			t.Fatalf("Python stopped: %v", err)
		}
		seen[line.Kind]++
		if line.Kind == "end" {
			break
		}
		if line.Kind == "wrong" {
			t.Error("Python says:", line.What)
			continue
		}
		answer, err := json.Marshal(map[string]string{"token": traded(t, line.Kind, line.Token, line.Canonical, line.Password)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write(append(answer, '\n')); err != nil {
			t.Fatal(err)
		}
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if seen["session"] != each || seen["urlsafetimed"]+seen["urlsafe"]+seen["timed"]+seen["plain"] != each ||
		seen["stored"] != each || seen["pickled"] != each || seen["password"] < 6 {
		t.Errorf("compared %v", seen)
	}
}

// stored reads what Flask-Session keeps in Redis, and refuses what it kept there
// before 0.7.
func stored(t *testing.T, kind, token, want string) string {
	t.Helper()
	data, err := hex.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	got, err := flask.UnmarshalStored(data)
	if kind == "pickled" {
		if !errors.Is(err, flask.ErrPickle) {
			t.Errorf("UnmarshalStored(%q) = %v, %v, want it refused as a pickle", data, got, err)
		}
		return ""
	}
	if c := canonical(got); err != nil || c != want {
		t.Errorf("UnmarshalStored(%x) =\n%s, %v, want\n%s", data, c, err, want)
	}
	back, err := flask.MarshalStored(got, flask.Msgpack)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(back)
}

// traded reads what Python wrote and returns the same, written here.
func traded(t *testing.T, kind, token, want, password string) string {
	t.Helper()
	now := time.Now()
	if kind == "password" {
		if ok, _, err := hasher(t).Verify(t.Context(), token, password); !ok || err != nil {
			t.Errorf("Verify(%s, %q) = %t, %v", token, password, ok, err)
		}
		hash, err := hasher(t).HashAs(t.Context(), want, password)
		if err != nil {
			t.Error(err)
		}
		return hash
	}
	if kind == "stored" || kind == "pickled" {
		return stored(t, kind, token, want)
	}
	if kind == "session" {
		s := sessions(t, "formats key ü")
		got, err := s.Decode(token, now, time.Minute)
		if err != nil {
			t.Fatalf("Decode(%s) of %s: %v", token, want, err)
		}
		if c := canonical(got); c != want {
			t.Errorf("Decode(%s) =\n%s, want\n%s", token, c, want)
		}
		// Through an app: what is not touched goes back as it came.
		held, err := s.OpenSession(t.Context(), token, now)
		if err != nil {
			t.Fatal(err)
		}
		sealed, _, err := s.SealSession(t.Context(), held, now)
		if err != nil || payload(sealed) != payload(token) {
			t.Errorf("SealSession = %s, %v, want %s", payload(sealed), err, payload(token))
		}
		cookie, err := s.Encode(got, now)
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	forms := map[string]flask.Form{"urlsafetimed": flask.URLSafeTimed, "urlsafe": flask.URLSafe, "timed": flask.Timed, "plain": flask.Plain}
	s := tokens(t, forms[kind], flask.SignerConfig{Key: []byte("k"), Salt: "s"})
	var v any
	if _, err := s.Load(token, now, time.Minute, &v); err != nil {
		t.Fatalf("Load(%s): %v", token, err)
	}
	if c := canonical(v); c != want {
		t.Errorf("Load(%s) =\n%s, want\n%s", token, c, want)
	}
	var raw json.RawMessage
	if _, err := s.Load(token, now, time.Minute, &raw); err != nil {
		t.Fatal(err)
	}
	back, err := s.Dump(raw, now)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// canonical spells a value with its type, as formats.py does.
func canonical(v any) string {
	each := func(open, end string, items []any) string {
		var parts []string
		for _, item := range items {
			parts = append(parts, canonical(item))
		}
		return open + strings.Join(parts, ",") + end
	}
	switch v := v.(type) {
	case nil:
		return "N"
	case bool:
		return map[bool]string{true: "T", false: "F"}[v]
	case string:
		return "s" + hex.EncodeToString([]byte(v))
	case flask.Markup:
		return "m" + hex.EncodeToString([]byte(v))
	case int64:
		return fmt.Sprintf("i%d", v)
	case *big.Int:
		return "i" + v.String()
	case float64:
		return fmt.Sprintf("f%016x", math.Float64bits(v))
	case []byte:
		return "b" + hex.EncodeToString(v)
	case flask.UUID:
		return "u" + hex.EncodeToString(v[:])
	case time.Time:
		return fmt.Sprintf("d%d", v.Unix())
	case flask.Tuple:
		return each("(", ")", v)
	case []any:
		return each("[", "]", v)
	case map[string]any:
		var parts, keys []string
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			parts = append(parts, hex.EncodeToString([]byte(key))+":"+canonical(v[key]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	panic(fmt.Sprintf("a %T", v))
}
