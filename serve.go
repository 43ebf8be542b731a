package retort

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/retort-go/retort/sign"
)

// maxHeaderBytes bounds a request's header. Browsers send some 2 KB; cookies of
// 4 KB each are what fills the rest.
const maxHeaderBytes = 16 << 10

// Run serves the app at addr ("127.0.0.1:8000") until the program is told to
// stop (SIGINT, SIGTERM), then lets the requests under way finish and closes
// the app. A second signal ends the program at once.
//
// It does not start an app that would be unsafe: in production one without a
// strong key, or one that other machines reach and that does not know its own
// host names; in development one that other machines reach.
func (a *App) Run(addr string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on a signal has its usual effect
	return a.RunContext(ctx, addr)
}

// RunContext serves the app at addr until ctx is done, as [App.Run] does, for
// programs that look after signals themselves.
func (a *App) RunContext(ctx context.Context, addr string) error {
	l, err := Listen(addr)
	if err != nil {
		return err
	}
	return a.Serve(ctx, l)
}

// Serve serves the app on l until ctx is done, as [App.Run] does. It closes l.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	if err := errors.Join(a.Compile(), a.checkStart(l.Addr())); err != nil {
		return errors.Join(err, l.Close())
	}
	server := a.server()
	config, err := a.tlsConfig()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	conns := newConns(a.Config.MaxConnections, a.proxies.Trust, a.Config.Logger, &a.scarce)
	open := conns.listen(lazyListener{l, a.Config.WriteTimeout / writeSlack})
	scheme, serve := "http", func() error { return server.Serve(open) }
	if config != nil {
		server.TLSConfig = config
		scheme, serve = "https", func() error { return server.ServeTLS(open, "", "") }
	}
	failed := make(chan error, 1)
	go func() { failed <- serve() }()
	a.Config.Logger.Info("serving", "url", scheme+"://"+l.Addr().String(), "debug", a.Config.Debug)
	select {
	case err := <-failed:
		return errors.Join(err, a.Close())
	case <-ctx.Done():
	}
	a.Config.Logger.Info("stopping: finishing the requests under way", "at most", a.Config.DrainTimeout)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Config.DrainTimeout)
	defer cancel()
	a.lameDuck(drain)
	err = open.Close()
	<-failed //nolint:errcheck // it was told to stop; who was accepted just then is counted from here on, and is waited for
	a.lastRequests(drain, conns)
	err = errors.Join(err, server.Shutdown(drain))
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(fmt.Errorf("requests were cut off: they took longer than DrainTimeout, %v", a.Config.DrainTimeout), server.Close())
	}
	return errors.Join(err, a.Close())
}

// lameDuck goes on for a while after the app was told to stop, so that load
// balancers, which health routes tell of it, have turned away when it no longer
// listens. From now on each answer is the last on its connection.
func (a *App) lameDuck(ctx context.Context) {
	a.stopping.Store(true)
	if a.Config.LameDuck == 0 {
		return
	}
	select {
	case <-time.After(a.Config.LameDuck):
	case <-ctx.Done():
	}
}

// lastRequest is how long a connection may be idle once the app was told to stop.
// A client that sends a request over a connection just when the server closes it
// cannot know whether it was heard; so those in use are closed by an answer that
// says so, and only the others by themselves.
const lastRequest = time.Second

func (a *App) lastRequests(ctx context.Context, conns *conns) {
	if a.Config.Debug {
		return
	}
	select {
	case <-conns.closed():
	case <-time.After(lastRequest):
	case <-ctx.Done():
	}
}

func (a *App) server() *http.Server {
	return &http.Server{
		Handler:                      a,
		DisableGeneralOptionsHandler: true, // OPTIONS *, too, is for the app to answer
		ConnContext:                  connContext,
		ReadHeaderTimeout:            a.Config.ReadHeaderTimeout,
		ReadTimeout:                  a.Config.ReadTimeout,
		WriteTimeout:                 a.Config.WriteTimeout,
		IdleTimeout:                  a.Config.IdleTimeout,
		MaxHeaderBytes:               maxHeaderBytes,
		HTTP2:                        &http.HTTP2Config{MaxConcurrentStreams: 100, SendPingTimeout: 30 * time.Second, WriteByteTimeout: a.Config.WriteTimeout},
		ErrorLog:                     slog.NewLogLogger(a.Config.Logger.Handler(), slog.LevelDebug),
	}
}

// checkStart refuses to serve what would be unsafe to serve.
func (a *App) checkStart(addr net.Addr) error {
	tcp, _ := addr.(*net.TCPAddr)
	public := tcp != nil && !tcp.IP.IsLoopback()
	var errs []error
	switch {
	case a.Config.Debug:
		if public {
			errs = append(errs, fmt.Errorf("retort: Debug shows the insides of the app, and %s can be reached from other machines; "+
				"listen on 127.0.0.1 or turn Debug off", addr))
		}
	case a.Config.SecretKey == nil:
		errs = append(errs, fmt.Errorf("retort: there is no SecretKey, so nothing can be signed; this is a new one to keep and to set:\n"+
			"    %s\n`retort secret` makes others, and Config.Debug does without in development", sign.Generate()))
	default:
		if err := sign.Check(a.Config.SecretKey); err != nil {
			errs = append(errs, fmt.Errorf("retort: SecretKey: %w", err))
		}
	}
	if public && !a.Config.Debug && len(a.Config.TrustedHosts) == 0 && !a.Config.InsecureAnyHost {
		errs = append(errs, fmt.Errorf("retort: %s can be reached from other machines, so name the hosts the app answers for in TrustedHosts", addr))
	}
	return errors.Join(errs...)
}
