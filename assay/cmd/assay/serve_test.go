package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// start runs `assay serve` with a free port and returns the URL it printed.
// Ending the test stops it and wants exit code 0.
func start(t *testing.T, data string) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	var stderr bytes.Buffer
	exit := make(chan int, 1)
	go func() {
		exit <- run(ctx, []string{"assay", "serve", "--listen", "127.0.0.1:0", "--data", data}, stdio{out: w, err: &stderr})
		_ = w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	t.Cleanup(func() {
		cancel()
		if code := <-exit; code != 0 {
			t.Errorf("got exit code %d, want 0: %s", code, &stderr)
		}
	})
	m := regexp.MustCompile(`^Assay is at (http://127\.0\.0\.1:\d+) `).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("got %q, %v, want the URL", line, err)
	}
	return m[1]
}

func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "folder")
	url := start(t, data)
	res, err := http.Get(url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), `name="csrf_token"`) {
		t.Errorf("got %d %q, %v, want the form", res.StatusCode, body, err)
	}
	info, err := os.Stat(filepath.Join(data, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v of the key, want 0600", info.Mode())
	}
	left, err := filepath.Glob(filepath.Join(data, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("got %q, %v in the data folder, want the key alone", left, err)
	}
}

// Another name for this machine is one that a page elsewhere can choose.
func TestServeRefusesForeignHost(t *testing.T) {
	url := start(t, t.TempDir())
	for host, want := range map[string]int{"": 200, "localhost": 200, "evil.example": 421, "127.0.0.1.evil.example": 421} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("Host %q: got %d, want %d", host, res.StatusCode, want)
		}
	}
}

func TestSecretKey(t *testing.T) {
	dir := t.TempDir()
	first, err := secretKey(dir)
	if err != nil || len(first) < 32 {
		t.Fatalf("got %q, %v, want a key", first, err)
	}
	if again, err := secretKey(dir); err != nil || !bytes.Equal(again, first) {
		t.Errorf("got %q, %v, want the same key", again, err)
	}
	path := filepath.Join(dir, "secret.key")
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := secretKey(dir); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("a key that others can read: got %v, want a refusal with the cure", err)
		}
	}
	for _, bad := range []string{"", "short", strings.Repeat("x", 5000)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secretKey(dir); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("key %.10q: got %v, want an error that names the file", bad, err)
		}
	}
}

func TestServeErrors(t *testing.T) {
	url := start(t, t.TempDir())
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"assay", "serve", "--listen", strings.TrimPrefix(url, "http://"), "--data", t.TempDir()}, stdio{out: io.Discard, err: &stderr})
	if code != 1 || !strings.Contains(stderr.String(), "in use") {
		t.Errorf("a taken port: got %d %q, want 1 and a word about it", code, &stderr)
	}
	stderr.Reset()
	if code := run(t.Context(), []string{"assay", "serve", "report.txt"}, stdio{out: io.Discard, err: &stderr}); code != 2 || !strings.Contains(stderr.String(), "assay extract") {
		t.Errorf("an argument: got %d %q, want 2 and the right command", code, &stderr)
	}
}
