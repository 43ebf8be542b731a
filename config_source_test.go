package retort

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("config.json", `{"MAX_CONTENT_LENGTH": 5000, "TRUSTED_HOSTS": ["a.example", ".b.example"], "SESSION_COOKIE_SAME_SITE": "Strict", "DEBUG": false}`)
	secret := write("secret", "bP7x2mQ9tL4wZ8cV1nR6yH3kF5sD0gJa\n")
	var cfg Config
	err := Load(&cfg, JSONFile(file), envSource("RETORT", []string{
		"RETORT_MAX_CONTENT_LENGTH=6000", "RETORT_SECRET_KEY_FILE=" + secret, "RETORT_READ_TIMEOUT=90s", "RETORT_IDLE_TIMEOUT=5",
		"RETORT_DEBUG=true", "RETORT_TRUSTED_PROXIES=10.0.0.0/8,127.0.0.1", "RETORTX_OTHER=1", "PATH=/bin", "RETORT_PREFERRED_URL_SCHEME=http",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.MaxContentLength != 6000 || !slices.Equal(cfg.TrustedHosts, []string{"a.example", ".b.example"}) ||
		string(cfg.SecretKey) != "bP7x2mQ9tL4wZ8cV1nR6yH3kF5sD0gJa" || cfg.ReadTimeout != 90*time.Second || cfg.IdleTimeout != 5*time.Second ||
		!cfg.Debug || !slices.Equal(cfg.TrustedProxies, []string{"10.0.0.0/8", "127.0.0.1"}) || cfg.PreferredURLScheme != "http" || cfg.SessionCookieSameSite != 3 {
		t.Errorf("got %+v", cfg)
	}
	lines, err := Settings(cfg)
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.Join(lines, "\n")
	if !strings.Contains(shown, "MAX_CONTENT_LENGTH=6000") || !strings.Contains(shown, "SECRET_KEY=(hidden)") || strings.Contains(shown, "bP7x") {
		t.Errorf("shown: %s", shown)
	}
}

func TestLoadErrors(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		source Source
		want   []string
	}{
		{Source{Name: "x.json", Values: map[string]any{"MAX_CONTENT_LENGHT": 5.0}}, []string{"x.json", "MAX_CONTENT_LENGHT", "no such setting", "MAX_CONTENT_LENGTH"}},
		{Source{Name: "x.json", Values: map[string]any{"DEBUG": "yes"}}, []string{"DEBUG", `"yes" cannot be a bool`}},
		{Source{Name: "x.json", Values: map[string]any{"SECRET_KEY": 12.0}}, []string{"put it in quotes"}},
		{Source{Name: "x.json", Values: map[string]any{"MAX_FORM_PARTS": 1.5}}, []string{"1.5 cannot be"}},
		{Source{Name: "x.json", Values: map[string]any{"READ_TIMEOUT": 1e12}}, []string{"READ_TIMEOUT", "1e+12 cannot be"}},
		{Source{Name: "x.json", Values: map[string]any{"READ_TIMEOUT": "soon"}}, []string{"READ_TIMEOUT", "soon"}},
		{Source{Name: "x.json", Values: map[string]any{"SECRET_KEY_FILE": "/nowhere"}}, []string{"SECRET_KEY_FILE", "/nowhere"}},
		{Source{Name: "x.json", Values: map[string]any{"DEBUG": 2.0}}, []string{"DEBUG", "the number 2 cannot be a bool"}},
		{Source{Name: "x.json", Values: map[string]any{"SESSION_COOKIE_SAME_SITE": "Sideways"}}, []string{"SAME_SITE", "Lax, Strict, None"}},
		{JSONFile(broken), []string{"broken.json"}},
		{JSONFile("missing.json"), []string{"missing.json"}},
	} {
		err := Load(new(Config), tt.source)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v: got %v, want %q in it", tt.source.Values, err, want)
			}
		}
	}
}

// The password of a database stands in its address.
func TestSettingsHidePasswords(t *testing.T) {
	lines, err := Settings(struct {
		DatabaseURL, RedisURL, Contact, Site, DSN, Key string
		Servers                                        []string
	}{"postgres://blog:hunter2@db.example/blog", "redis://:hunter2@cache", "me@example.com", "https://example.com/a", "host=db Password=hunter2", "hunter2",
		[]string{"amqp://a:hunter2@one", "amqp://a:hunter2@two"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "CONTACT=me@example.com\nDATABASE_URL=postgres://blog:xxxxx@db.example/blog\nDSN=(hidden)\nKEY=(hidden)\nREDIS_URL=redis://:xxxxx@cache\nSERVERS=(hidden)\nSITE=https://example.com/a"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Truth is written in many ways where Flask is at home: FLASK_DEBUG=1.
func TestLoadTruth(t *testing.T) {
	for text, want := range map[string]bool{"1": true, "true": true, "True": true, "TRUE": true, "0": false, "false": false, "False": false} {
		cfg := Config{Debug: !want}
		if err := Load(&cfg, envSource("RETORT", []string{"RETORT_DEBUG=" + text})); err != nil || cfg.Debug != want {
			t.Errorf("%s: got %t, %v", text, cfg.Debug, err)
		}
		cfg = Config{Debug: !want}
		if err := Load(&cfg, Source{Values: map[string]any{"DEBUG": text}}); err != nil || cfg.Debug != want {
			t.Errorf("%s as text: got %t, %v", text, cfg.Debug, err)
		}
	}
}
