package cli

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// reloader builds and runs a program, and does both again whenever a file below
// its folder changes: Flask's reloader for a language that compiles. It looks at
// the files now and then instead of asking the system to be told, for which each
// system has another way: a project has hundreds of files, not millions.
type reloader struct {
	dir   string   // the project
	pkg   string   // to build, the import path of the program
	args  []string // of the program
	out   io.Writer
	every time.Duration // between two looks
}

const (
	lookEvery = 300 * time.Millisecond
	// stopWithin is how long a program that is replaced may take to finish its
	// requests: less than in production, since its author waits.
	stopWithin = 3 * time.Second
	maxWatched = 50_000 // files
)

// newReloader is the reloader of the running program, called with args.
func newReloader(out io.Writer, args []string) (*reloader, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "command-line-arguments" {
		return nil, errors.New("reloading needs a program that was built as a package: go run . serve --reload")
	}
	own := slices.DeleteFunc(slices.Clone(args), func(a string) bool {
		return strings.HasPrefix(strings.TrimLeft(a, "-"), "reload") && strings.HasPrefix(a, "-")
	})
	return &reloader{dir: ".", pkg: info.Path, args: own, out: out, every: lookEvery}, nil
}

// run runs the program until ctx is done. What does not compile is reported, and
// the program as it was goes on.
func (r *reloader) run(ctx context.Context) error {
	bin, err := os.MkdirTemp("", "reload-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin) //nolint:errcheck // the system empties its folder for temporary files
	stop := func() {}
	defer func() { stop() }()
	for n := 0; ; n++ {
		seen, err := r.look()
		if err != nil {
			return err
		}
		program := filepath.Join(bin, fmt.Sprintf("program%d.exe", n)) // the one that runs cannot be overwritten everywhere
		if err := r.build(ctx, program); err == nil {
			stop()
			stop = r.start(ctx, program)
		} else if ctx.Err() == nil {
			r.say("not reloaded: %v", err)
		}
		if err := r.wait(ctx, seen); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

func (r *reloader) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, "reload: "+format+"\n", args...)
}

func (r *reloader) build(ctx context.Context, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, r.pkg) //nolint:gosec // its own import path
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.dir, r.out, r.out
	return cmd.Run()
}

// start starts the program and returns the function that ends it and waits for
// that.
func (r *reloader) start(ctx context.Context, program string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, r.args...) //nolint:gosec // built just now
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = r.dir, os.Stdin, r.out, r.out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopWithin
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := cmd.Run(); err != nil && ctx.Err() == nil {
			r.say("the program ended: %v; change a file to start it again", err)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// wait returns when the files are no longer what they were, or ctx is done.
func (r *reloader) wait(ctx context.Context, seen uint64) error {
	ticker := time.NewTicker(r.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now, err := r.look()
		if err != nil {
			return err
		}
		if now != seen {
			return nil
		}
	}
}

// look is a fingerprint of the files that a program is made of, by name, size and
// time: code, and what may be built in or read at the start.
func (r *reloader) look() (uint64, error) {
	sum, files := fnv.New64a(), 0
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // gone since its folder was read: that shows in the sum
		}
		name := d.Name()
		if d.IsDir() {
			if path != r.dir && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains(watched, filepath.Ext(name)) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		if files++; files > maxWatched {
			return fmt.Errorf("reload: more than %d files below %s; run it in the folder of the project", maxWatched, r.dir)
		}
		_, _ = fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano()) // a hash takes everything
		return nil
	})
	return sum.Sum64(), err
}

var watched = []string{".go", ".mod", ".sum", ".html", ".txt", ".xml", ".svg", ".css", ".js", ".sql", ".json", ".toml", ".yaml", ".po", ".mo"}
