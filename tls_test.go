package retort

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var strongKey = []byte("kT7-vq2LmX9sYw5RjZ4cPfHd1GuE8aQo")

// writeCertificate makes a certificate for localhost.
func writeCertificate(t *testing.T, serial int64, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func tlsFiles(t *testing.T) (certFile, keyFile string) {
	dir := t.TempDir()
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}

func TestServeTLS(t *testing.T) {
	certFile, keyFile := tlsFiles(t)
	writeCertificate(t, 1, certFile, keyFile)
	app := New(Config{SecretKey: strongKey, TLSCert: certFile, TLSKey: keyFile, Logger: slog.New(slog.DiscardHandler)})
	app.Get("/", func(c *Ctx) error {
		return errors.Join(c.Session().Set("a", 1), c.Text(c.Scheme()))
	}).Named("index")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, l) }()
	for version, proto := range map[uint16]string{tls.VersionTLS13: "HTTP/2.0", tls.VersionTLS12: "HTTP/2.0", tls.VersionTLS11: ""} {
		transport := &http.Transport{ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{MinVersion: version, MaxVersion: version, InsecureSkipVerify: true}}
		r, err := http.NewRequest(http.MethodGet, "https://"+l.Addr().String()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := transport.RoundTrip(r)
		if proto == "" {
			if err == nil {
				t.Errorf("%s is spoken", tls.VersionName(version))
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", tls.VersionName(version), err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || string(body) != "https" || res.Proto != proto {
			t.Errorf("%s: got %q over %s, %v", tls.VersionName(version), body, res.Proto, err)
		}
		if got := res.Header.Get("Strict-Transport-Security"); !strings.Contains(got, "max-age=63072000") {
			t.Errorf("Strict-Transport-Security: %q", got)
		}
		if got := res.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-session=") || !strings.Contains(got, "; Secure;") {
			t.Errorf("Set-Cookie: %q", got)
		}
		_ = res.Body.Close()
		transport.CloseIdleConnections()
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// An app whose certificate is no good does not start, and the check before
// deployment knows.
func TestBadCertificate(t *testing.T) {
	good, goodKey := tlsFiles(t)
	writeCertificate(t, 1, good, goodKey)
	other, otherKey := tlsFiles(t)
	writeCertificate(t, 2, other, otherKey)
	for name, files := range map[string][2]string{
		"no key": {good, ""}, "no certificate": {"", goodKey}, "another's key": {good, otherKey}, "no such file": {"none.pem", goodKey},
	} {
		app := New(Config{SecretKey: strongKey, TLSCert: files[0], TLSKey: files[1], Logger: slog.New(slog.DiscardHandler)})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := app.Serve(ctx, l); err == nil {
			t.Errorf("%s: the app serves", name)
		}
		found, err := app.Check()
		if err != nil {
			t.Error(err)
		}
		var out bytes.Buffer
		for _, f := range found {
			out.WriteString(f.String() + "\n")
		}
		if !strings.Contains(out.String(), "R032 error") {
			t.Errorf("%s: found\n%s", name, out.String())
		}
	}
}

// A renewed certificate is used without a restart; a broken one is not.
func TestCertificateIsRenewed(t *testing.T) {
	certFile, keyFile := tlsFiles(t)
	now := time.Unix(1_000_000_000, 0)
	var failed error
	c := &certificate{cert: certFile, key: keyFile, now: func() time.Time { return now }, failed: func(err error) { failed = err }}
	put := func(number int64, at time.Time) {
		t.Helper()
		writeCertificate(t, number, certFile, keyFile)
		for _, name := range []string{certFile, keyFile} {
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	serial := func() int64 {
		t.Helper()
		cert, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return cert.Leaf.SerialNumber.Int64()
	}
	put(1, now)
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	put(2, now.Add(time.Second))
	if got := serial(); got != 1 {
		t.Errorf("certificate %d, want 1: the files were just looked at", got)
	}
	now = now.Add(time.Minute)
	if got := serial(); got != 2 || failed != nil {
		t.Errorf("certificate %d, want 2; %v", got, failed)
	}
	if err := os.WriteFile(c.cert, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if got := serial(); got != 2 || failed == nil {
		t.Errorf("certificate %d, want 2 in the place of a broken one; %v", got, failed)
	}
}
