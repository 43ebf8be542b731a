package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	urfave "github.com/urfave/cli/v3"

	"github.com/retort-go/retort/cli"
	"github.com/retort-go/retort/flask"
	"github.com/retort-go/retort/password"
)

func passwordCommand() *cli.Command {
	return &cli.Command{
		Name:  "password",
		Usage: "hash and check passwords as Retort and Flask's extensions do",
		Commands: []*cli.Command{
			{
				Name: "hash", Usage: "print a hash of the password on standard input",
				Description: "Example:\n  printf %s \"$PASSWORD\" | retort password hash --method scrypt\n" +
					"One line break at the end is not part of the password.",
				Flags: []cli.Flag{&urfave.StringFlag{Name: "method", Value: "argon2id",
					Usage: "`METHOD`: argon2id, bcrypt, pbkdf2_sha512; or Werkzeug's scrypt, scrypt:N:r:p, pbkdf2, pbkdf2:sha256:ROUNDS"}},
				Action: passwordHash,
			},
			{
				Name: "verify", Usage: "see whether the password on standard input fits a hash",
				Description: "Example:\n  printf %s \"$PASSWORD\" | retort password verify --hash 'scrypt:32768:8:1$…'\n" +
					"Prints true, or exits with 1. Besides Werkzeug's and argon2id hashes it knows bcrypt and passlib's PBKDF2.",
				Flags:  []cli.Flag{&urfave.StringFlag{Name: "hash", Required: true, Usage: "the `HASH` as it is stored"}},
				Action: passwordVerify,
			},
		},
	}
}

// passwordInput is standard input without the line break that echo adds.
func passwordInput(cmd *cli.Command) (string, error) {
	data, err := input(cmd)
	if line, ok := bytes.CutSuffix(data, []byte("\n")); ok {
		data = bytes.TrimSuffix(line, []byte("\r"))
	}
	return string(data), err
}

func passwordHash(ctx context.Context, cmd *cli.Command) error {
	typed, err := passwordInput(cmd)
	if err != nil {
		return err
	}
	hasher, err := password.New(password.Config{})
	if err != nil {
		return err
	}
	hash, err := flask.NewPasswords(hasher, "").HashAs(ctx, cmd.String("method"), typed)
	if errors.Is(err, password.ErrFormat) {
		return fmt.Errorf("--method %q is not known; there are argon2id, bcrypt, pbkdf2_sha512, scrypt and pbkdf2", cmd.String("method"))
	}
	if err != nil {
		return err
	}
	return printLine(cmd, hash)
}

func passwordVerify(ctx context.Context, cmd *cli.Command) error {
	typed, err := passwordInput(cmd)
	if err != nil {
		return err
	}
	hasher, err := password.New(password.Config{})
	if err != nil {
		return err
	}
	ok, _, err := flask.NewPasswords(hasher, "").Verify(ctx, cmd.String("hash"), typed)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the password does not fit the hash")
	}
	return printLine(cmd, "true")
}
