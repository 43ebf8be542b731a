package main

import (
	"context"
	"sync"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/password"
	"github.com/retort-go/retort/sign"
)

const (
	tokenLife   = time.Hour
	loginPeriod = 15 * time.Minute
)

// accounts knows who may have a token. It keeps them in memory; a real one keeps
// the hashes in a database.
type accounts struct {
	passwords *password.Hasher
	tokens    *sign.Signer

	mu     sync.RWMutex
	hashes map[string]string // by user
}

// newAccounts derives the tokens' own key from the app's, so that a token is no
// session and no session a token.
func newAccounts(key []byte) (*accounts, error) {
	keys, err := sign.NewKeyring(key)
	if err != nil {
		return nil, err
	}
	passwords, err := password.New(password.Config{})
	if err != nil {
		return nil, err
	}
	return &accounts{passwords: passwords, tokens: keys.Signer("api token"), hashes: map[string]string{}}, nil
}

func (a *accounts) add(ctx context.Context, name, secret string) error {
	hash, err := a.passwords.Hash(ctx, secret)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hashes[name] = hash
	return nil
}

// Credentials are what a token is given for.
type Credentials struct {
	_        struct{} `doc:"Gives a token for an hour."`
	Username string   `json:"username" required:"true" maxLength:"100"`
	Password string   `json:"password" required:"true" maxLength:"200"`
}

// Token opens what is guarded.
type Token struct {
	Token   string    `json:"token" doc:"To send as Authorization: Bearer."`
	Expires time.Time `json:"expires"`
}

func (a *accounts) createToken(c *retort.Ctx, in Credentials) (Token, error) {
	a.mu.RLock()
	hash := a.hashes[in.Username]
	a.mu.RUnlock()
	// An unknown user takes as long as a wrong password, and says as much.
	ok, _, err := a.passwords.Verify(c.Context(), hash, in.Password)
	if err != nil {
		return Token{}, err
	}
	if !ok {
		return Token{}, retort.Errorf(401, "The username or the password is wrong.")
	}
	now := time.Now()
	return Token{string(a.tokens.Append(nil, []byte(in.Username), now)), now.Add(tokenLife).UTC().Truncate(time.Second)}, nil
}

// caller is the user whose token came with the request.
var caller = retort.NewKey[string]("caller")

// require is the Before hook of what is guarded.
func (a *accounts) require(c *retort.Ctx) error {
	name, _, err := a.tokens.Open(nil, c.BearerToken(), time.Now(), tokenLife)
	if err != nil {
		return c.Problem(retort.Unauthorized("Bearer", "tasks").Because(err))
	}
	caller.Set(c, string(name))
	return nil
}
