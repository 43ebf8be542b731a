package main

import (
	"context"
	"encoding/json"
	"fmt"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/flask"
)

func tokenCommand() *cli.Command {
	flags := func() []cli.Flag {
		salt := &urfave.StringFlag{Name: "salt", Required: true, Usage: "the `SALT` that says what the token is for"}
		return append([]cli.Flag{keyFlag(), salt}, ageFlags()...)
	}
	return &cli.Command{
		Name:  "token",
		Usage: "read and make tokens of itsdangerous' URLSafeTimedSerializer",
		Commands: []*cli.Command{
			{
				Name: "load", Usage: "print what a token holds, as JSON", ArgsUsage: "TOKEN",
				Description: "Example:\n  retort token load --key \"$SECRET_KEY\" --salt password-reset --max-age 3600 InVzZXJAZXhhbXBsZS5jb20i.ZVPxAA.…",
				Flags:       flags(), Action: tokenLoad,
			},
			{
				Name: "dump", Usage: "make a token of JSON on standard input",
				Description: "Example:\n  echo '\"user@example.com\"' | retort token dump --key \"$SECRET_KEY\" --salt password-reset",
				Flags:       flags(), Action: tokenDump,
			},
		},
	}
}

func tokensOf(cmd *cli.Command) (*flask.Tokens, error) {
	if cmd.String("salt") == "" {
		return nil, fmt.Errorf("%w: --salt is empty", cli.ErrUsage) // which would stand for itsdangerous' default
	}
	return flask.NewTokens(flask.URLSafeTimed, flask.SignerConfig{Key: []byte(cmd.String("key")), Salt: cmd.String("salt")})
}

func tokenLoad(_ context.Context, cmd *cli.Command) error {
	token, err := argument(cmd)
	if err != nil {
		return err
	}
	now, maxAge, err := clock(cmd)
	if err != nil {
		return err
	}
	tokens, err := tokensOf(cmd)
	if err != nil {
		return err
	}
	var value json.RawMessage
	if _, err := tokens.Load(token, now, maxAge, &value); err != nil {
		return err
	}
	return printLine(cmd, string(value))
}

func tokenDump(_ context.Context, cmd *cli.Command) error {
	value, err := input(cmd)
	if err != nil {
		return err
	}
	now, _, err := clock(cmd)
	if err != nil {
		return err
	}
	tokens, err := tokensOf(cmd)
	if err != nil {
		return err
	}
	token, err := tokens.Dump(json.RawMessage(value), now)
	if err != nil {
		return fmt.Errorf("standard input is no value: %w", err)
	}
	return printLine(cmd, token)
}
