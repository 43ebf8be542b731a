package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// extensions of Flask, and what takes their place.
var extensions = map[string]string{
	"apiflask":       "package api, with ext/openapi for its document",
	"flask_babel":    "ext/i18n reads its translations as they are",
	"flask_bcrypt":   "flask.Passwords reads its hashes; then package password",
	"flask_caching":  "package cache",
	"flask_compress": "ext/compress",
	"flask_cors":     "package cors, with Config.TrustedOrigins",
	"flask_httpauth": "c.BasicAuth and c.BearerToken; package auth for logins",
	"flask_limiter":  "package limit",
	"flask_login":    "flask.Login while both run, then package auth",
	"flask_mail":     "package mail",
	"flask_mailman":  "package mail",
	"flask_migrate":  "goose",
	"flask_paginate": "package paginate",
	"flask_restful":  "package api",
	"flask_restx":    "package api, with ext/openapi for its document",
	"flask_seasurf":  "nothing: forms are protected by default",
	"flask_security": "flask.Passwords reads its hashes, flask.Tokens its links; then package auth",
	"flask_session":  "flask.StoredSessions, over ext/redis if it keeps them in Redis",
	"flask_smorest":  "package api, with ext/openapi for its document",
	"flask_talisman": "nothing: the headers are sent by default",
	"flask_wtf":      "csrf_token() in templates works as it is; package form checks fields",
	"flaskext":       "see the extension's own name",
	"wtforms":        "package form",
}

// settings of Flask that Config has too.
var settings = map[string]string{
	"APPLICATION_ROOT": "APPLICATION_ROOT", "MAX_CONTENT_LENGTH": "MAX_CONTENT_LENGTH", "MAX_FORM_PARTS": "MAX_FORM_PARTS",
	"MAX_FORM_MEMORY_SIZE": "MAX_FORM_MEMORY_SIZE", "PREFERRED_URL_SCHEME": "PREFERRED_URL_SCHEME", "SERVER_NAME": "SERVER_NAME",
	"SESSION_COOKIE_NAME": "SESSION_COOKIE_NAME", "TRUSTED_HOSTS": "TRUSTED_HOSTS",
	"SECRET_KEY": "OLD_SECRET_KEY", "SECRET_KEY_FALLBACKS": "OLD_SECRET_KEY_FALLBACKS",
}

// writeReport says what was found and what needs a human.
func (m *importer) writeReport() error {
	var b strings.Builder
	p := m.project
	env := strings.ToUpper(strings.ReplaceAll(m.name, "-", "_")) + "_"
	fmt.Fprintf(&b, "# Porting to %s\n\n", m.name)
	fmt.Fprintf(&b, "Every route below is answered by the old application until its handler is written. One by one:\n\n"+
		"1. In the old project, write its routes to `old-routes.json` with `retort flask export-routes`, so that `url_for` finds them.\n"+
		"2. Start the old application where only this machine reaches it, then this one (`main.go` says how).\n"+
		"3. Replace a `var` by a function of its name, and see it move in `%s`.\n"+
		"4. When nothing is left there, take out `flask.Beside` and `InsecureSHA1Sessions`.\n", "/__retort/ported")
	if p.withoutPython != "" {
		fmt.Fprintf(&b, "\n**%s**\n", p.withoutPython)
	}
	m.reportRoutes(&b)
	needs := m.notes
	for _, n := range p.Problems {
		needs = append(needs, fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text))
	}
	section(&b, "Needs a human", needs)
	section(&b, "Hooks to write", notes(p.Hooks))
	section(&b, "Extensions", extensionNotes(p.Imports))
	section(&b, "Settings", settingNotes(p.Config, env))
	return m.out.WriteFile("PORTING.md", []byte(b.String()), 0o644)
}

func (m *importer) reportRoutes(b *strings.Builder) {
	if len(m.project.Views) == 0 {
		return
	}
	b.WriteString("\n## Routes\n\n| endpoint | methods | pattern | source | renders |\n|---|---|---|---|---|\n")
	prefixes := map[string]string{}
	for _, bp := range m.project.Blueprints {
		prefixes[bp.Name] = bp.Prefix
	}
	for _, v := range m.project.Views {
		endpoint := v.Endpoint
		if v.Blueprint != "" {
			endpoint = v.Blueprint + "." + endpoint
		}
		fmt.Fprintf(b, "| `%s` | %s | `%s` | %s:%d | %s |\n", cell(endpoint), cell(strings.Join(v.Methods, " ")),
			cell(prefixes[v.Blueprint]+v.Rule), cell(v.File), v.Line, cell(strings.Join(v.Renders, " ")))
	}
}

// cell keeps a text inside its cell of a table.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "`", "'", "\n", " ").Replace(s) }

func section(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "- [ ] %s\n", oneLine(line))
	}
}

func notes(list []flaskNote) (lines []string) {
	for _, n := range list {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text))
	}
	return lines
}

// extensionNotes names each library once.
func extensionNotes(imports []flaskNote) (lines []string) {
	var seen []string
	for _, n := range imports {
		if slices.Contains(seen, n.Text) {
			continue
		}
		seen = append(seen, n.Text)
		instead, ok := extensions[n.Text]
		if !ok {
			instead = "needs a human"
		}
		lines = append(lines, fmt.Sprintf("%s (%s:%d): %s", n.Text, n.File, n.Line, instead))
	}
	return lines
}

// settingNotes says where each setting goes. Values of secrets were not read.
func settingNotes(config []flaskSetting, env string) (lines []string) {
	for _, s := range config {
		value := ""
		if s.Known {
			if text, err := json.Marshal(s.Value); err == nil {
				value = " = " + string(text)
			}
		}
		instead := "nothing here by that name"
		if name, ok := settings[s.Key]; ok {
			instead = "in the environment as " + env + name
		}
		lines = append(lines, fmt.Sprintf("%s%s (%s:%d): %s", s.Key, value, s.File, s.Line, instead))
	}
	return lines
}
