package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"time"
)

// SMTP sends by a mail server. Mails and the password travel over TLS, and the
// server has to prove its name: on port 465 from the first byte on, elsewhere by
// STARTTLS. A server that offers none is refused, so that nobody in between can
// take the offer away; only on this machine itself it is done without.
//
// Its fields are settings like others: retort.Load reads MAIL_ADDR, MAIL_USERNAME
// and MAIL_PASSWORD_FILE into them by retort.Env("MAIL").
//
// A mail takes a connection of its own: send in the background, with
// retort.App.Go.
type SMTP struct {
	Addr     string // host:port, as in "mail.example.com:587"
	Username string // empty to send without logging in
	Password string

	// TLS is the configuration of the connection, for a server whose certificate is
	// signed by an authority of one's own; nil means the system's authorities.
	TLS *tls.Config
}

// sendTimeout bounds one mail, if the context does not.
const sendTimeout = time.Minute

// Send implements [Sender].
func (s *SMTP) Send(ctx context.Context, m *Message) error {
	envelope, err := m.Envelope()
	if err != nil {
		return err
	}
	text, err := m.Bytes(time.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := s.deliver(ctx, envelope, text); err != nil {
		return fmt.Errorf("mail: send by %s: %w", s.Addr, err)
	}
	return nil
}

func (s *SMTP) deliver(ctx context.Context, e Envelope, text []byte) error {
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // Quit has said all there was to say
	if s.Username != "" {
		host, _, _ := net.SplitHostPort(s.Addr)
		if err := c.Auth(smtp.PlainAuth("", s.Username, s.Password, host)); err != nil {
			return err
		}
	}
	if err := c.Mail(e.From); err != nil {
		return err
	}
	for _, to := range e.To {
		if err := c.Rcpt(to); err != nil {
			return fmt.Errorf("%s: %w", to, err)
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil { // the server has taken it, or says why not
		return err
	}
	_ = c.Quit() // the mail is on its way whatever the server says now
	return nil
}

// dial connects and makes the connection safe.
func (s *SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // ends what waits
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		cfg = s.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	if port == "465" { // RFC 8314
		conn = tls.Client(conn, cfg)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if port == "465" {
		return c, nil
	}
	if ok, _ := c.Extension("STARTTLS"); ok {
		err = c.StartTLS(cfg)
	} else if !isLoopback(conn) {
		err = errors.New("the server offers no TLS (STARTTLS)")
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func isLoopback(conn net.Conn) bool {
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
