// Frameworks compares Retort with other web frameworks: the same five pages, each
// framework with the parts its users give it, driven in turn by wrk.
//
//	go run ./bench/frameworks -rounds 7 -seconds 2
//
// A server has the first processor to itself and wrk the second. Every round
// drives each page of each server for a moment, in an order that moves on from
// round to round, so that a disturbance meets all of them. What is printed are
// medians over the rounds of ratios to bare net/http in the same round.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "frameworks:", err)
		os.Exit(1)
	}
}

// A plan is what to measure.
type plan struct {
	rounds   int
	seconds  int
	pages    []page
	servers  []framework
	cold     bool
	profile  string
	markdown bool
}

func run(ctx context.Context, args []string) error {
	p, err := parse(args)
	if err != nil {
		return err
	}
	if err := needed(p); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "frameworks")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder
	bins, err := build(ctx, work, p.servers)
	if err != nil {
		return err
	}
	var results results
	if p.cold {
		if results.builds, err = timeBuilds(ctx, work, p.servers); err != nil {
			return err
		}
	}
	if results.starts, err = timeStarts(ctx, p.servers, bins); err != nil {
		return err
	}
	if results.sizes, err = sizes(ctx, work, p.servers, bins); err != nil {
		return err
	}
	if err := drive(ctx, p, bins, &results); err != nil {
		return err
	}
	fmt.Print(report(p, &results))
	return nil
}

func parse(args []string) (plan, error) {
	var p plan
	flags := flag.NewFlagSet("frameworks", flag.ContinueOnError)
	flags.IntVar(&p.rounds, "rounds", 7, "how often everything is measured, 1 to 100")
	flags.IntVar(&p.seconds, "seconds", 2, "how long a page is driven in each round, 1 to 60")
	pageNames := flags.String("pages", names(allPages, page.String), "the pages to drive")
	serverNames := flags.String("servers", names(frameworks, framework.String), "the servers to compare; bare is always among them")
	flags.BoolVar(&p.cold, "cold", false, "also time a build of each from an empty cache, which takes minutes")
	flags.StringVar(&p.profile, "profile", "", "write a CPU profile of Retort under all that load to this file, which makes it slower")
	flags.BoolVar(&p.markdown, "markdown", false, "print Markdown")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if p.rounds < 1 || p.rounds > 100 || p.seconds < 1 || p.seconds > 60 {
		return p, errors.New("rounds must be 1 to 100, and seconds 1 to 60")
	}
	var err error
	if p.pages, err = pick(*pageNames, allPages, page.String); err != nil {
		return p, err
	}
	p.servers, err = pick("bare,"+*serverNames, frameworks, framework.String)
	return p, err
}

// names is all the names as a flag has them.
func names[T any](all []T, name func(T) string) string {
	var list []string
	for _, v := range all {
		list = append(list, name(v))
	}
	return strings.Join(list, ",")
}

// pick returns those of all that the list names, in the order of all.
func pick[T any](list string, all []T, name func(T) string) (picked []T, err error) {
	wanted := strings.Split(list, ",")
	for _, v := range all {
		if slices.Contains(wanted, name(v)) {
			picked = append(picked, v)
			wanted = slices.DeleteFunc(wanted, func(s string) bool { return s == name(v) })
		}
	}
	if wanted = slices.DeleteFunc(wanted, func(s string) bool { return s == "" }); len(wanted) > 0 {
		return nil, fmt.Errorf("there is no %q; there are %s", wanted[0], names(all, name))
	}
	return picked, nil
}

// needed says what is missing on this machine and where it comes from.
func needed(p plan) error {
	if runtime.GOOS != "linux" || runtime.NumCPU() < 2 {
		return errors.New("this needs Linux and two processors: one for a server, one for its load")
	}
	programs := []struct{ name, debian string }{{"wrk", "wrk"}, {"taskset", "util-linux"}}
	if slices.ContainsFunc(p.servers, func(f framework) bool { return f.python }) {
		programs = append(programs, struct{ name, debian string }{"gunicorn", "gunicorn python3-flask python3-flaskext.wtf"})
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program.name); err != nil {
			return fmt.Errorf("%s is not installed; on Debian: apt-get install %s", program.name, program.debian)
		}
	}
	return nil
}
