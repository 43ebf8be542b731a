package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/assay/web"
	retortcli "github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/secure"
)

const serveHelp = `Opens the page on this machine. Only names of this machine are answered
(localhost, 127.0.0.1, [::1]), whatever address it listens on: a page elsewhere
cannot reach it through your browser under a name of its own.

The data folder holds the key that signs cookies; it is made on the first start.
Texts are never stored.

Examples:
  assay serve
  assay serve --listen 127.0.0.1:9000 --data ~/cases/.assay
  ssh -L 8000:127.0.0.1:8000 analyst@bench     then http://127.0.0.1:8000 here`

func serveCommand(std stdio) *cli.Command {
	return &cli.Command{
		Name:        "serve",
		Usage:       "open the page in which to paste a text",
		Description: serveHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8000", Usage: "`ADDR`ess and port to listen on"},
			&cli.StringFlag{Name: "data", Usage: "`DIR` for the key; default: assay in your configuration folder"},
		},
		HideHelpCommand: true,
		OnUsageError:    badFlag,
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if arg := cmd.Args().First(); arg != "" {
				return usagef("serve takes no argument like %q; files are for assay extract", arg)
			}
			return serve(ctx, std, cmd.String("listen"), cmd.String("data"))
		},
	}
}

// serve serves until the program is told to stop.
func serve(ctx context.Context, std stdio, listen, data string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if data == "" {
		config, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("no folder for the key: %w; name one with --data DIR", err)
		}
		data = filepath.Join(config, "assay")
	}
	key, err := secretKey(data)
	if err != nil {
		return err
	}
	l, err := retort.Listen(listen)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("%s is in use; assay serve --listen 127.0.0.1:0 takes a port that is free", listen)
		}
		return err
	}
	log := retortcli.NewLogWriter(std.err)
	defer log.Flush()
	app := web.New(retort.Config{
		SecretKey:    key,
		TrustedHosts: secure.Loopback(),
		Logger:       slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	_, _ = fmt.Fprintf(std.out, "Assay is at %s (Ctrl-C stops it)\n", pageURL(l.Addr()))
	return app.Serve(ctx, l)
}

// pageURL is where the browser of this machine finds addr.
func pageURL(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && !tcp.IP.IsLoopback() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + addr.String()
}
