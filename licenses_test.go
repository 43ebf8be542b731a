package retort_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// licenses tells families apart by a phrase that only they have, in words
// with single spaces between them. The first that is found decides.
var licenses = []struct {
	family, phrase string
	refused        bool
}{
	{"Commons Clause", "commons clause", true},
	{"Business Source License", "business source license", true},
	{"Server Side Public License", "server side public license", true},
	// Ahead of GPL, which its text names as a secondary licence.
	{"MPL-2.0", "mozilla public license version 2.0", false},
	{"GPL", "gnu general public license version", true},
	{"LGPL", "gnu lesser general public license version", true},
	{"AGPL", "gnu affero general public license version", true},
	{"BSD-4-Clause", "all advertising materials mentioning", true},
	{"Apache-2.0", "apache license version 2.0", false},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy", false},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted", false},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted", false},
	{"BSD", "redistribution and use in source and binary forms, with or without modification, are permitted", false},
}

// mozilla lists the modules that may come under MPL-2.0: it asks that changes
// to their files stay open, so each is taken knowingly and used unchanged.
var mozilla = map[string]bool{}

// licenseFamily names the family of a licence text and says whether programs
// under the BSD licence may ship what it covers.
func licenseFamily(text string) (family string, ok bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.ReplaceAll(text, "license, version", "license version")
	for _, l := range licenses {
		if strings.Contains(text, l.phrase) {
			return l.family, !l.refused
		}
	}
	return "unknown", false
}

// TestLicenses reads the licence of every module whose code is linked into the
// framework, its extensions or Assay, where the go command keeps its source.
func TestLicenses(t *testing.T) {
	extensions, err := filepath.Glob("ext/*/go.mod")
	if err != nil || len(extensions) == 0 {
		t.Fatalf("no modules below ext: %v", err)
	}
	dirs := []string{".", "assay"}
	for _, mod := range extensions {
		dirs = append(dirs, filepath.Dir(mod))
	}
	modules := map[string]string{} // path to folder
	for _, dir := range dirs {
		list := goOutput(t, dir, "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}", "./...")
		for line := range strings.Lines(string(list)) {
			name, folder, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if ok && !strings.HasPrefix(name+"/", repository+"/") {
				modules[name] = folder
			}
		}
	}
	for name, folder := range modules {
		files := licenseFiles(t, folder)
		if len(files) == 0 {
			t.Errorf("%s has no licence file in %s: nobody may copy it", name, folder)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			family, ok := licenseFamily(string(text))
			if !ok || family == "MPL-2.0" && !mozilla[name] {
				t.Errorf("%s comes under %s (%s), want BSD, MIT, ISC, Apache-2.0, or MPL-2.0 on the list here", name, family, file)
			}
		}
	}
	t.Logf("%d modules", len(modules))
}

// licenseFiles returns the files in a module's folder that carry its licence.
func licenseFiles(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		switch strings.ToLower(strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))) {
		case "license", "licence", "copying":
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files
}

func TestLicenseFamily(t *testing.T) {
	own, err := os.ReadFile("LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text, family string
		ok           bool
	}{
		{string(own), "BSD", true},
		{"Apache License\n   Version 2.0, January 2004", "Apache-2.0", true},
		{"Permission is hereby granted, free of charge,\nto any person obtaining a copy", "MIT", true},
		{"Mozilla Public License, version 2.0\n\"Secondary License\" means either the GNU General Public License, Version 2.0", "MPL-2.0", true},
		{"GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007", "GPL", false},
		{"GNU LESSER GENERAL PUBLIC LICENSE\n Version 2.1", "LGPL", false},
		{"\"Commons Clause\" License Condition v1.0\nPermission is hereby granted, free of charge, to any person obtaining a copy", "Commons Clause", false},
		{"All rights reserved.", "unknown", false},
		{"", "unknown", false},
	} {
		if family, ok := licenseFamily(tt.text); family != tt.family || ok != tt.ok {
			t.Errorf("licenseFamily(%.30q) = %s, %t, want %s, %t", tt.text, family, ok, tt.family, tt.ok)
		}
	}
}
