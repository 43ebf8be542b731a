package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/retort-go/retort/assay/document"
	"github.com/retort-go/retort/assay/document/documenttest"
)

func TestMain(m *testing.M) {
	document.ServeJail()
	testscript.Main(m, map[string]func(){"assay": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               binaryFiles,
		Condition: func(name string) (bool, error) {
			if name != "race" {
				return false, fmt.Errorf("there is no condition %q", name)
			}
			return raceDetector, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// binaryFiles adds what a txtar archive cannot hold.
func binaryFiles(env *testscript.Env) error {
	var errs []error
	for name, data := range map[string]string{
		"bin.dat":        "CVE-2021-44228\x00\x01",
		"folder/bin.dat": "\x7fELF\x00",
		"utf16.txt":      "\xff\xfe" + documenttest.UTF16("CVE-2021-44228"),
		"latin1.txt":     "caf\xe9 CVE-2021-44228 \xff",
		"cp1251.txt":     "\xcf\xf0\xe8\xec\xe5\xf0 \xe0\xe4\xf0\xe5\xf1\xe0: hxxp://\xef\xf0\xe8\xec\xe5\xf0[.]\xf0\xf4/x",
		"report.pdf":     documenttest.PDF("cover", "C2: 203.0.113[.]7"),
		"list.docx":      documenttest.DOCX([]string{"evil[.]example[.]com"}, nil),
		"mail.eml": documenttest.Mail("invoice.zip", "see CVE-2021-44228", "", documenttest.File{Name: "report.zip",
			Data: documenttest.ZIP(documenttest.File{Name: "a.pdf", Data: documenttest.PDF("one", "CVE-2022-30190")}, documenttest.File{Name: "i.png", Data: "\x89PNG\r\n\x1a\n"})}),
		"bomb.zip": documenttest.ZIP(documenttest.File{Name: "a.txt", Data: "CVE-2021-44228"}, documenttest.File{Name: "zeros", Data: strings.Repeat("0", 4<<20)}),
	} {
		path := filepath.Join(env.WorkDir, name)
		errs = append(errs, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(data), 0o600))
	}
	return errors.Join(errs...)
}

// exits runs a program and wants an exit code: `exits 2 assay …`.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("got exit code %d, want %d", got, want)
	}
}
