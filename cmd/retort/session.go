package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/flask"
)

// maxInput bounds what these commands read from standard input.
const maxInput = 1 << 20

func sessionCommand() *cli.Command {
	return &cli.Command{
		Name:  "session",
		Usage: "read and make session cookies of Flask",
		Commands: []*cli.Command{
			{
				Name: "decode", Usage: "print what a session cookie holds, as JSON", ArgsUsage: "COOKIE",
				Description: "Example:\n  retort session decode --key \"$SECRET_KEY\" eyJ1c2VyX2lkIjoxfQ.ZVPxAA.…\n" +
					"A tuple is a list, bytes are base64, a date is HTTP's.",
				Flags: append([]cli.Flag{keyFlag()}, ageFlags()...), Action: sessionDecode,
			},
			{
				Name: "encode", Usage: "make a session cookie of JSON on standard input",
				Description: "Example:\n  echo '{\"user_id\": 1}' | retort session encode --key \"$SECRET_KEY\"",
				Flags:       append([]cli.Flag{keyFlag()}, ageFlags()...), Action: sessionEncode,
			},
		},
	}
}

func keyFlag() cli.Flag {
	return &urfave.StringFlag{Name: "key", Required: true, Usage: "the application's `SECRET_KEY`"}
}

func ageFlags() []cli.Flag {
	return []cli.Flag{
		&urfave.Int64Flag{Name: "max-age", Usage: "refuse what is older than `SECONDS`, or from the future; without it any age will do"},
		&urfave.Int64Flag{Name: "now", Usage: "the time in Unix `SECONDS` to reckon with, instead of the clock's"},
	}
}

// clock is the time that a command line reckons with, and the age it allows.
func clock(cmd *cli.Command) (now time.Time, maxAge time.Duration, err error) {
	now, maxAge = time.Now(), flask.AnyAge
	if cmd.IsSet("now") {
		if now = time.Unix(cmd.Int64("now"), 0); now.Unix() < 0 {
			return now, 0, fmt.Errorf("%w: --now is before 1970", cli.ErrUsage)
		}
	}
	if cmd.IsSet("max-age") {
		seconds := cmd.Int64("max-age")
		if seconds < 0 {
			return now, 0, fmt.Errorf("%w: --max-age is negative", cli.ErrUsage)
		}
		maxAge = time.Duration(min(seconds, math.MaxInt64/int64(time.Second))) * time.Second
	}
	return now, maxAge, nil
}

// argument is the one argument of a command.
func argument(cmd *cli.Command) (string, error) {
	if cmd.NArg() != 1 {
		return "", fmt.Errorf("%w: %s takes one %s, got %d arguments", cli.ErrUsage, cmd.Name, cmd.ArgsUsage, cmd.NArg())
	}
	return cmd.Args().First(), nil
}

// input is all of standard input, for a command without arguments.
func input(cmd *cli.Command) ([]byte, error) {
	if cmd.NArg() != 0 {
		return nil, fmt.Errorf("%w: %s reads standard input and takes no argument", cli.ErrUsage, cmd.Name)
	}
	data, err := io.ReadAll(io.LimitReader(cmd.Root().Reader, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(data) > maxInput {
		return nil, fmt.Errorf("standard input is longer than %d bytes", maxInput)
	}
	return data, nil
}

func printLine(cmd *cli.Command, line string) error {
	_, err := fmt.Fprintln(cmd.Root().Writer, line)
	return err
}

// cookies is the session format of an application that runs with the given key.
// Whether the key is a good one is not asked: it is in use.
func cookies(cmd *cli.Command) (*flask.Sessions, error) {
	return flask.NewSessions(flask.SessionConfig{SecretKey: []byte(cmd.String("key")), InsecureWeakKey: true})
}

func sessionDecode(_ context.Context, cmd *cli.Command) error {
	cookie, err := argument(cmd)
	if err != nil {
		return err
	}
	now, maxAge, err := clock(cmd)
	if err != nil {
		return err
	}
	s, err := cookies(cmd)
	if err != nil {
		return err
	}
	values, err := s.DecodeJSON(cookie, now, maxAge)
	if err != nil {
		return err
	}
	return printLine(cmd, string(values))
}

func sessionEncode(_ context.Context, cmd *cli.Command) error {
	values, err := input(cmd)
	if err != nil {
		return err
	}
	now, _, err := clock(cmd)
	if err != nil {
		return err
	}
	s, err := cookies(cmd)
	if err != nil {
		return err
	}
	cookie, err := s.EncodeJSON(values, now)
	if errors.Is(err, flask.ErrPayload) {
		return fmt.Errorf("standard input is no session: %w", err)
	}
	if err != nil {
		return err
	}
	return printLine(cmd, cookie)
}
