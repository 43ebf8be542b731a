package retort

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificateAge is how long a certificate is used before its files are looked
// at again, so that a renewed one needs no restart.
const certificateAge = 10 * time.Second

// certificate is a certificate in two files, which something else renews.
type certificate struct {
	cert, key string
	now       func() time.Time
	failed    func(error)

	mu       sync.Mutex
	current  *tls.Certificate
	looked   time.Time
	modified [2]time.Time
}

// tlsConfig is the configuration of a server with the app's certificate, nil if
// it has none.
func (a *App) tlsConfig() (*tls.Config, error) {
	if a.Config.TLSCert == "" && a.Config.TLSKey == "" {
		return nil, nil //nolint:nilnil // plain HTTP is no error
	}
	c := &certificate{cert: a.Config.TLSCert, key: a.Config.TLSKey, now: a.Config.now, failed: func(err error) {
		a.Config.Logger.Error("the renewed certificate cannot be used; the one before still is", "error", err)
	}}
	if c.cert == "" || c.key == "" {
		return nil, errors.New("retort: TLSCert and TLSKey go together; one of them is missing")
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

// get is [tls.Config.GetCertificate].
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.looked) > certificateAge {
		if err := c.load(); err != nil {
			c.failed(err)
		}
	}
	return c.current, nil
}

// load reads the files if they have changed.
func (c *certificate) load() error {
	c.looked = c.now()
	var modified [2]time.Time
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		modified[i] = info.ModTime()
	}
	if modified == c.modified {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.cert, c.key, err)
	}
	c.current, c.modified = &pair, modified
	return nil
}
