package main

import (
	"context"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/api"
	"github.com/retort-go/retort/ext/openapi"
	"github.com/retort-go/retort/limit"
	"github.com/retort-go/retort/sign"
)

// New returns the app: two blueprints, one of which wants a token, and the
// document about both.
func New(ctx context.Context, cfg retort.Config, demo bool) (*retort.App, error) {
	if demo && cfg.SecretKey == nil {
		cfg.SecretKey = []byte(sign.Generate()) // tokens end when the program does
	}
	accounts, err := newAccounts(cfg.SecretKey)
	if err != nil {
		return nil, err
	}
	if demo {
		if err := accounts.add(ctx, "alice", "correct horse battery staple"); err != nil {
			return nil, err
		}
	}
	guesses, err := limit.New(limit.NewMemory(0, nil), "login", limit.Rule{Limit: 10, Period: loginPeriod})
	if err != nil {
		return nil, err
	}

	app := retort.New(cfg)
	api.Post(&app.Scaffold, "/tokens", accounts.createToken).Limit(guesses)

	tasks := retort.NewBlueprint("tasks", "/tasks")
	tasks.Before(accounts.require)
	t := &taskList{}
	api.Get(&tasks.Scaffold, "/", t.list)
	api.Post(&tasks.Scaffold, "/", t.create)
	api.Get(&tasks.Scaffold, "/<int:id>", t.show)
	api.Patch(&tasks.Scaffold, "/<int:id>", t.change)
	api.Delete(&tasks.Scaffold, "/<int:id>", t.remove)
	app.Mount(tasks)

	app.Mount(openapi.New(openapi.Config{Title: "Tasks", Version: "1.0", Bearer: []string{"tasks"},
		Description: "What is to be done. Ask for a token first and send it as Authorization: Bearer."}))
	return app, nil
}
