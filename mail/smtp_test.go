package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// server is a mail server on this machine that takes one mail.
type server struct {
	cert     *tls.Certificate // offers STARTTLS if set
	refuse   string           // the command that it refuses
	silent   bool             // says nothing at all
	addr     string
	heard    chan []string // what the client said, once it has gone
	listener net.Listener
}

func (s *server) start(t *testing.T) {
	t.Helper()
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.addr, s.heard = s.listener.Addr().String(), make(chan []string, 1)
	t.Cleanup(func() { _ = s.listener.Close() })
	go func() {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.heard <- s.talk(conn)
		_ = conn.Close()
	}()
}

func (s *server) talk(conn net.Conn) (heard []string) {
	in := bufio.NewReader(conn)
	say := func(text string) { _, _ = fmt.Fprint(conn, text+"\r\n") }
	if !s.silent {
		say("220 ready")
	}
	inData := false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return heard
		}
		line = strings.TrimRight(line, "\r\n")
		heard = append(heard, line)
		verb, _, _ := strings.Cut(line, " ")
		switch {
		case inData && line != ".":
		case inData:
			inData = false
			say("250 taken")
		case verb == s.refuse:
			say("550 no")
		case verb == "EHLO" && s.cert != nil:
			say("250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN")
		case verb == "EHLO":
			say("250-hello\r\n250 AUTH PLAIN")
		case verb == "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*s.cert}, MinVersion: tls.VersionTLS12})
			in, s.cert = bufio.NewReader(conn), nil
		case verb == "AUTH":
			say("235 welcome")
		case verb == "DATA":
			inData = true
			say("354 say it")
		case verb == "QUIT":
			say("221 bye")
			return heard
		default:
			say("250 ok")
		}
	}
}

func newMessage() *Message {
	return &Message{From: "Blog <blog@example.com>", To: []string{"ada@example.org"}, Bcc: []string{"bcc@example.org"},
		Subject: "Hi", Text: "one\n.two\n"}
}

func TestSMTP(t *testing.T) {
	certified := httptest.NewTLSServer(nil) // for its certificate
	defer certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	s := &server{cert: &certified.TLS.Certificates[0]}
	s.start(t)
	sender := &SMTP{Addr: s.addr, Username: "blog", Password: "secret", TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	if err := sender.Send(t.Context(), newMessage()); err != nil {
		t.Fatal(err)
	}
	heard := strings.Join(<-s.heard, "\n")
	for _, want := range []string{"STARTTLS\nEHLO", "AUTH PLAIN AGJsb2cAc2VjcmV0", "MAIL FROM:<blog@example.com>",
		"RCPT TO:<ada@example.org>\nRCPT TO:<bcc@example.org>", "Subject: Hi", "one\n..two\n.\nQUIT"} {
		if !strings.Contains(heard, want) {
			t.Errorf("the server did not hear %q in\n%s", want, heard)
		}
	}
}

func TestSMTPWithoutTLSHere(t *testing.T) {
	s := &server{}
	s.start(t)
	if err := (&SMTP{Addr: s.addr}).Send(t.Context(), newMessage()); err != nil {
		t.Errorf("on this machine: %v", err)
	}
	for addr, want := range map[string]bool{"127.0.0.1:25": true, "[::1]:25": true, "192.0.2.1:25": false, "[2001:db8::1]:25": false} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := isLoopback(remote{addr: tcp}); got != want {
			t.Errorf("%s is this machine: %t", addr, got)
		}
	}
}

type remote struct {
	net.Conn
	addr net.Addr
}

func (r remote) RemoteAddr() net.Addr { return r.addr }

func TestSMTPFails(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	for what, tt := range map[string]struct {
		server *server
		want   string
	}{
		"a certificate of nobody's": {&server{cert: &certified.TLS.Certificates[0]}, "certificate"},
		"the sender is refused":     {&server{refuse: "MAIL"}, `550 "no"`},
		"a recipient is refused":    {&server{refuse: "RCPT"}, `ada@example.org: 550 "no"`},
		"the mail is refused":       {&server{refuse: "DATA"}, `550 "no"`},
		"the login is refused":      {&server{refuse: "AUTH"}, `550 "no"`},
	} {
		tt.server.start(t)
		err := (&SMTP{Addr: tt.server.addr, Username: "a", Password: "b"}).Send(t.Context(), newMessage())
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.server.addr) {
			t.Errorf("%s: got %v, want an error with %q and the server", what, err, tt.want)
		}
	}
	if err := (&SMTP{Addr: "127.0.0.1:1"}).Send(t.Context(), &Message{}); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("a mail that is none: %v; it should not come as far as the server", err)
	}
}

// A server that says nothing does not hold the program.
func TestSMTPStops(t *testing.T) {
	s := &server{silent: true}
	s.start(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := (&SMTP{Addr: s.addr}).Send(ctx, newMessage()); err == nil {
		t.Error("a silent server took a mail")
	}
}
